using System.Text;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Models.Safetensors;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Tests.Safetensors;

public sealed class SafetensorsTests
{
    [Fact]
    public void Tensors_of_every_type_survive_writing_and_reading()
    {
        using var scope = NewDisposeScope();
        var numbers = tensor(new[] { 0.0, 1, -2, 3.5, 100, 7 }, [2, 3]);
        ScalarType[] types =
        [
            ScalarType.Float64,
            ScalarType.Float32,
            ScalarType.Float16,
            ScalarType.BFloat16,
            ScalarType.Int64,
            ScalarType.Int32,
            ScalarType.Int16,
            ScalarType.Int8,
            ScalarType.Byte,
            ScalarType.Bool,
        ];
        var tensors = types.ToDictionary(t => $"t.{t}", t => numbers.to(t));
        tensors["transposed"] = numbers.t();
        tensors["scalar"] = tensor(5.0);
        tensors["empty"] = zeros([0, 4]);
        var read = SafetensorsFile.Parse("memory", Bytes(tensors));
        read.Metadata["made"].ShouldBe("here");
        foreach (var (name, expected) in tensors)
        {
            var actual = read.ToTensor(name);
            actual.dtype.ShouldBe(expected.dtype, name);
            actual.shape.ShouldBe(expected.shape, name);
            actual.eq(expected).all().item<bool>().ShouldBeTrue(name);
        }
    }

    [Theory]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        8,
        "twice"
    )]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "needs 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "begins at 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "take 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 3, "take 4 bytes")]
    [InlineData("""{"a":{"dtype":"Q9","shape":[1],"data_offsets":[0,4]}}""", 4, "type 'Q9'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "no sizes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}""", 4, "offsets give 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "JSON")]
    [InlineData("""{"a":7}""", 0, "JSON")]
    [InlineData("""[1]""", 0, "JSON")]
    [InlineData("""{"a":""", 0, "JSON")]
    public void Each_rule_of_the_format_is_checked(string header, int data, string expected)
    {
        var json = Encoding.UTF8.GetBytes(header);
        byte[] bytes = [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. new byte[data]];
        var error = Should.Throw<UserErrorException>(() => SafetensorsFile.Parse("some.safetensors", bytes));
        error.Message.ShouldContain("some.safetensors");
        error.Message.ShouldContain(expected);
    }

    [Fact]
    public void Damaged_files_are_read_or_refused()
    {
        using var scope = NewDisposeScope();
        var seed = Bytes(
            new Dictionary<string, Tensor>
            {
                ["conv1.weight"] = ones(2, 3),
                ["conv1.bias"] = zeros(2, dtype: ScalarType.BFloat16),
            }
        );
        Fuzz.Run(
                [seed],
                10_000,
                bytes =>
                {
                    using var inner = NewDisposeScope();
                    var file = SafetensorsFile.Parse("fuzz", bytes);
                    foreach (var name in file.Entries.Keys)
                    {
                        file.ToTensor(name);
                    }
                }
            )
            .ShouldBeGreaterThan(5000);
    }

    private static byte[] Bytes(IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var stream = new MemoryStream();
        SafetensorsFile.Write(stream, tensors, new Dictionary<string, string> { ["made"] = "here" });
        return stream.ToArray();
    }
}
