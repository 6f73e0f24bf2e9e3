using System.Text;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Freezing;
using RandomizedSmoothing.Models.Importing;
using RandomizedSmoothing.Models.Scripts;
using RandomizedSmoothing.Models.Tests.Freezing;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Tests.Scripts;

/// <summary>Programs and values that are made to hurt whoever reads them.</summary>
public sealed class HostileProgramsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("(")]
    [InlineData("[")]
    [InlineData("f(")]
    [InlineData("-(")]
    [InlineData("x[")]
    public void Code_without_a_bottom_ends_before_the_stack_does(string opening)
    {
        var code = "def f(x):\n  return " + string.Concat(Enumerable.Repeat(opening, 1_000_000));
        Should.Throw<NotFreezableException>(() => ScriptParser.Read(code)).Message.ShouldContain("deeply");
    }

    [Theory]
    [InlineData("")]
    [InlineData("def")]
    [InlineData("class")]
    [InlineData("class Net(Module):\n  def forward(self")]
    [InlineData("def f(x):\n  return \"abc")]
    [InlineData("def f(x):\n  return x $ 2\n")]
    [InlineData("def f(x):\n  if x:\n")]
    [InlineData("def f(x):\n  x[0] = 1\n")]
    [InlineData("def f(x):\n  return 1.2.3\n")]
    public void Code_that_breaks_off_or_is_no_code_is_refused_as_such(string code)
    {
        var error = Record.Exception(() => ScriptParser.Read(code));
        (error is null or NotFreezableException).ShouldBeTrue(error?.ToString());
    }

    [Fact]
    public void Any_beginning_and_any_changed_byte_of_a_pickle_is_read_or_refused()
    {
        var whole = Encoding.Latin1.GetBytes(
            "\u0080\u0002c__torch__\nNet\n)\u0081}(X\u0001\0\0\0a]q\u0001h\u0001aX\u0001\0\0\0bK\u0005X\u0001\0\0\0cG?\u00f0\0\0\0\0\0\0X\u0001\0\0\0d\u0088ub."
        );
        PickleReader.Read(whole).ShouldBeOfType<ScriptObject>().Parts.Keys.ShouldBe(["a", "b", "c", "d"]);
        void Read(byte[] bytes)
        {
            var error = Record.Exception(() => PickleReader.Read(bytes));
            (error is null or NotFreezableException).ShouldBeTrue(error?.ToString());
        }

        for (var length = 0; length < whole.Length; length++)
        {
            Read(whole[..length]);
            foreach (
                var value in new byte[]
                {
                    0,
                    0x2e,
                    0x7f,
                    0x80,
                    0xff,
                    (byte)'R',
                    (byte)'Q',
                    (byte)'e',
                    (byte)'u',
                    (byte)'b',
                }
            )
            {
                var changed = whole.ToArray();
                changed[length] = value;
                Read(changed);
            }
        }
    }

    [Theory]
    [InlineData("while True:\n  y = torch.mul(2, 3)\nreturn x", "too many steps")]
    [InlineData("for i in range(1000000000):\n  y = i\nreturn x", "too long")]
    [InlineData("l = [1, 1]\nfor i in range(60):\n  l = torch.add(l, l)\nreturn x", "add")]
    [InlineData("l = annotate(List[int], [])\n_0 = torch.append(l, l)\nreturn torch.reshape(x, l)", "deeply")]
    [InlineData("return (self).forward(x, )", "deeply")]
    [InlineData("return torch.reshape(x, [0, 9223372036854775807])", "reshape")]
    [InlineData("return torch.add(x, torch.mul(9223372036854775807, 3))", "overflow")]
    public void A_program_without_an_end_is_left_alone(string body, string obstacle)
    {
        var path = Path.Combine(_folder.Path, "net.pt");
        new ScriptProgram().Write(path, body);
        var fit = new ModelFit(new ImageShape(1, 4, 4), 16, 4);
        var freezer = new Freezer(new ModelSpec { Name = "m" }, fit, CPU, Precision.Float32);
        var (classifier, why) = freezer.Script(path);
        classifier.ShouldBeNull();
        why.ShouldNotBeNull().ShouldContain(obstacle);
    }
}
