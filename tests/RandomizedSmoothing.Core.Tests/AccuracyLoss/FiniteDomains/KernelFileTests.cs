using CsCheck;
using RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

namespace RandomizedSmoothing.Core.Tests.AccuracyLoss.FiniteDomains;

public sealed class KernelFileTests
{
    private static SmoothingKernel Read(string text) => KernelFile.Read(new StringReader(text), "noise.csv");

    [Fact]
    public void A_kernel_is_read_without_rounding()
    {
        var kernel = Read("# three points\n1/3, 1/3, 1/3\n\n0.25,0.5,0.25\n0,1e-1,9e-1\n");
        kernel.Points.ShouldBe(3);
        kernel.Rows[0].Probability(2).ShouldBe(new ExactFraction(1, 3));
        kernel.Rows[1].Probability(1).ShouldBe(ExactFraction.Half);
        kernel.Rows[2].Probability(1).ShouldBe(new ExactFraction(1, 10));
        kernel.Rows[2].Atoms.Length.ShouldBe(2);
    }

    [Fact]
    public void A_row_that_misses_one_by_rounding_is_accepted_and_normalised()
    {
        var kernel = Read("0.3333333333333333,0.6666666666666666\n0.5,0.5");
        kernel.Rows[0].Probability(1).ShouldBe(new ExactFraction(2, 3));
    }

    [Theory]
    [InlineData("", "holds no kernel")]
    [InlineData("0.5,0.5\n1,0,0\n", "line 2: 3 entries, but the file has 2 rows")]
    [InlineData("\n0.5,0.4\n0,1\n", "line 2: the entries sum to 0.9")]
    [InlineData("1,0\n-0.5,1.5", "line 2, entry 1: '-0.5'")]
    [InlineData("1,zero\n0,1", "line 1, entry 2: 'zero'")]
    [InlineData("1/0,0\n0,1", "line 1, entry 1: '1/0'")]
    public void A_faulty_kernel_is_refused_with_its_line(string text, string message) =>
        Should.Throw<UserErrorException>(() => Read(text)).Message.ShouldContain(message);

    [Fact]
    public void Fractions_compare_and_convert_like_the_numbers_they_are() =>
        Gen.Select(Gen.Int[-999, 999], Gen.Int[1, 999], Gen.Int[-999, 999], Gen.Int[1, 999])
            .Sample(
                (a, b, c, d) =>
                {
                    var (left, right) = (new ExactFraction(a, b), new ExactFraction(c, d));
                    left.CompareTo(right).ShouldBe(((double)a / b).CompareTo((double)c / d));
                    left.ToDouble().ShouldBe((double)a / b);
                    (left + right - right).ShouldBe(left);
                    ExactFraction.TryParse(left.ToString(), out var read).ShouldBeTrue();
                    read.ShouldBe(left);
                    ExactFraction.FromDouble((double)a / b).ToDouble().ShouldBe((double)a / b);
                }
            );
}
