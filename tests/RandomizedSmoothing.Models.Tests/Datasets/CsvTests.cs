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
        var last = Load("0,50,100,255,1\n190,8,7,6,0\n");
        (last.Shape, last.Count).ShouldBe((new ImageShape(1, 2, 2), 2));
        last.Labels.ShouldBe([1, 0]);
        last.Image(0).ToArray().ShouldBe([0, 50, 100, 255]);
        var first = Load("label,p0,p1,p2,p3\r\n1,0,50,100,255\r\n0,190,8,7,6");
        first.Hash.ShouldBe(last.Hash);
        Load("\"0\",\"50\",\"100\",\"255\",\"1\"\n190,8,7,6,0\n").Hash.ShouldBe(last.Hash);
        Load($"label,{string.Join(',', Enumerable.Range(0, 12))}\n2,{string.Join(',', Enumerable.Range(0, 12))}")
            .Shape.ShouldBe(new ImageShape(3, 2, 2));
    }

    [Fact]
    public void Whole_numbers_may_have_been_through_floating_point()
    {
        var plain = Load("label,a,b,c,d\n1,0,50,100,255\n0,190,8,7,6\n");
        Load("label,a,b,c,d\n1.0,0.0,50.,100.00,255.0\n0.0,190.0,8.0,7.0,6.0\n").Hash.ShouldBe(plain.Hash);
    }

    [Theory]
    [InlineData("label,a,b,c,d\n1,0.5,0,0,0\n", "multiplied by 255")]
    [InlineData("label,a,b,c,d\n1,nan,0,0,0\n", "whole number")]
    [InlineData("label,a,b,c,d\n1,.,0,0,0\n", "whole number")]
    [InlineData("1\t0\t0\t0\t0\n", "tabs")]
    public void Other_numbers_are_refused_with_the_remedy(string text, string expected) =>
        Should.Throw<UserErrorException>(() => Load(text)).Message.ShouldContain(expected);

    [Theory]
    [InlineData("1,0,9,7,0\n2,0,9,5,0\n3,0,8,5,0\n")] // from 1, with a black border
    [InlineData("7,0,9,7,0\n2,0,9,5,0\n1,0,8,5,0\n0,0,8,5,0\n4,0,8,5,0\n9,0,8,5,0\n")] // without some classes
    [InlineData("0,2,3,4,200\n1,7,7,7,31\n0,9,9,9,90\n")] // colour, so that the last pixel is no border
    [InlineData("3,2,3,4,0\n7,7,7,7,1\n3,9,9,9,1\n")] // nearly a border
    [InlineData("0,2,3,4,1\n")]
    public void A_label_that_may_be_in_front_must_be_said(string text)
    {
        var message = Should.Throw<UserErrorException>(() => Load(text)).Message;
        message.ShouldContain("'label' over the label's");
        message.ShouldContain("csv-label-first");
        var first = Load(text, "csv-label-first");
        first.Labels.ShouldBe(text.Trim().Split('\n').Select(line => line[0] - '0'));
        first.Image(0)[0].ShouldBe((byte)(text[2] - '0'));
        Load(text, "csv-label-last").Image(0)[0].ShouldBe((byte)(text[0] - '0'));
    }

    [Theory]
    [InlineData("0,2,3,4,0\n0,7,7,7,2\n0,9,9,9,1\n", 3)]
    [InlineData("255,2,3,4,1\n255,7,7,7,3\n0,9,9,9,2\n", 4)]
    public void A_first_column_that_no_label_could_be_leaves_no_doubt(string text, int classes) =>
        Load(text).Classes.ShouldBe(classes);

    [Fact]
    public void Classes_that_no_label_shows_count_where_their_number_is_said()
    {
        const string Text = "label,p0\n0,9\n2,8\n";
        Load(Text).Classes.ShouldBe(3);
        Load(Text, classes: 10).Classes.ShouldBe(10);
        Load(Text, classes: 3).Hash.ShouldBe(Load(Text).Hash);
        Should.Throw<UserErrorException>(() => Load(Text, classes: 2)).Message.ShouldContain("has 2 classes");
        Should.Throw<UserErrorException>(() => Load(Text, classes: 1)).Message.ShouldContain("must be 2 to");
    }

    [Fact]
    public void A_header_wins_over_the_format() =>
        Load("p0,label\n200,1\n100,0\n", "csv-label-first").Labels.ShouldBe([1, 0]);

    [Theory]
    [InlineData("", "no image")]
    [InlineData("1,2,3,4,0\n1,2,3,0\n", "line 2")]
    [InlineData("1,2,x,4,0\n", "'x'")]
    [InlineData("1;2;3;4;0\n", "semicolons")]
    [InlineData("pixel1,pixel2,pixel3,pixel4,class\n1,2,3,4,0\n", "('pixel1' is the first), and none is 'label'")]
    [InlineData("1,2,256,4,0\n", "above 255")]
    [InlineData("1,2,3,4,5,0\n", "no square")]
    [InlineData("1,2,3,4,-1\n", "'-1'")]
    public void What_is_wrong_is_said_with_its_line(string text, string expected) =>
        Should.Throw<UserErrorException>(() => Load(text)).Message.ShouldContain(expected);

    public void Dispose() => _folder.Dispose();

    private ImageDataset Load(string text, string format = "csv", int? classes = null)
    {
        var path = _folder.File("table.csv", Encoding.UTF8.GetBytes(text));
        var catalogue = new DatasetCatalogue(new DatasetOptions { Cache = new(_folder.Path), Download = false });
        return catalogue.Load(
            new DatasetSpec
            {
                Name = "table",
                Format = format,
                Path = path,
                Classes = classes,
            }
        );
    }
}
