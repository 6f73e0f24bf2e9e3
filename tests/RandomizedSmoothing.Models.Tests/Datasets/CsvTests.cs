using System.Text;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Datasets;

namespace RandomizedSmoothing.Models.Tests.Datasets;

public sealed class CsvTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void The_label_is_the_last_column_or_the_one_headed_label()
    {
        var last = Load("0,50,100,255,1\n9,8,7,6,0\n");
        (last.Shape, last.Count).ShouldBe((new ImageShape(1, 2, 2), 2));
        last.Labels.ShouldBe([1, 0]);
        last.Image(0).ToArray().ShouldBe([0, 50, 100, 255]);
        var first = Load("label,p0,p1,p2,p3\r\n1,0,50,100,255\r\n0,9,8,7,6");
        first.Hash.ShouldBe(last.Hash);
        Load("\"0\",\"50\",\"100\",\"255\",\"1\"\n9,8,7,6,0\n").Hash.ShouldBe(last.Hash);
        Load(string.Join(',', Enumerable.Range(0, 12)) + ",2").Shape.ShouldBe(new ImageShape(3, 2, 2));
    }

    [Theory]
    [InlineData("", "no image")]
    [InlineData("1,2,3,4,0\n1,2,3,0\n", "line 2")]
    [InlineData("1,2,x,4,0\n", "'x'")]
    [InlineData("1;2;3;4;0\n", "semicolons")]
    [InlineData("1,2,256,4,0\n", "above 255")]
    [InlineData("1,2,3,4,5,0\n", "no square")]
    [InlineData("1,2,3,4,-1\n", "'-1'")]
    [InlineData("0,2,3,4,200\n1,7,7,7,31\n0,9,9,9,90\n", "'label' over the label's")]
    public void What_is_wrong_is_said_with_its_line(string text, string expected) =>
        Should.Throw<UserErrorException>(() => Load(text)).Message.ShouldContain(expected);

    public void Dispose() => _folder.Dispose();

    private ImageDataset Load(string text) => Load(Encoding.UTF8.GetBytes(text));

    private ImageDataset Load(byte[] bytes)
    {
        var path = _folder.File("table.csv", bytes);
        var catalogue = new DatasetCatalogue(new DatasetOptions { Cache = new(_folder.Path), Download = false });
        return catalogue.Load(
            new DatasetSpec
            {
                Name = "table",
                Format = "csv",
                Path = path,
            }
        );
    }
}
