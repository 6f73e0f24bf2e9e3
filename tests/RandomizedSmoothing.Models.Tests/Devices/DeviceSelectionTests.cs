using RandomizedSmoothing.Core;
using RandomizedSmoothing.Models.Devices;

namespace RandomizedSmoothing.Models.Tests.Devices;

public sealed class DeviceSelectionTests
{
    [Theory]
    [InlineData("auto", "auto")]
    [InlineData("cpu", "cpu:1")]
    [InlineData("cpu:2", "cpu:2")]
    [InlineData("cuda", "cuda")]
    [InlineData("cuda:1", "cuda:1")]
    [InlineData("cuda:0,1", "cuda:0,1")]
    [InlineData("cuda:0,cuda:1", "cuda:0,1")]
    [InlineData(" cpu:2, cuda:3, 0 ", "cpu:2,cuda:3,0")]
    [InlineData("cuda:0,1,cpu", "cuda:0,1,cpu:1")]
    public void Nodes_and_runs_read_one_grammar(string text, string meaning)
    {
        DeviceSelection.TryParse(text, out var selection).ShouldBeNull();

        selection.ToString().ShouldBe(meaning);
        DeviceSelection.TryParse(meaning, out var again).ShouldBeNull();
        again.Parts.ShouldBe(selection.Parts);
    }

    [Theory]
    [InlineData("", "nothing is asked for")]
    [InlineData("tpu:1", "'tpu:1' is none of the forms auto")]
    [InlineData("1", "'1' is none of the forms")]
    [InlineData("cpu:2,1", "'1' is none of the forms")]
    [InlineData("cuda,1", "'1' is none of the forms")]
    [InlineData("cpu:0", "'cpu:0' is none of the forms")]
    [InlineData("cpu:1025", "'cpu:1025' is none of the forms")]
    [InlineData("cuda:-1", "'cuda:-1' is none of the forms")]
    [InlineData("cuda:x", "'cuda:x' is none of the forms")]
    [InlineData("auto:2", "'auto:2' is none of the forms")]
    [InlineData("cpu,cpu:2", "cpu:2 is one too many")]
    [InlineData("cuda:0,0", "cuda:0 is one too many; write auto")]
    public void Anything_else_is_refused_with_the_forms(string text, string told)
    {
        DeviceSelection.TryParse(text, out _).ShouldNotBeNull().ShouldContain(told);
        Should.Throw<UserErrorException>(() => TorchDevices.Parse(text)).Message.ShouldContain(told);
    }

    [Fact]
    public void Devices_of_the_processor_are_there()
    {
        TorchDevices.Parse("cpu:2").Select(d => d.Name).ShouldBe(["cpu:0", "cpu:1"]);
    }
}
