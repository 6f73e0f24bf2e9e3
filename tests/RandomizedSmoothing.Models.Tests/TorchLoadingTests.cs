using TorchSharp;

namespace RandomizedSmoothing.Models.Tests;

public sealed class TorchLoadingTests
{
    [Fact]
    public void Libtorch_loads_from_a_plain_build()
    {
        using var sum = torch.ones(3).sum();
        sum.item<float>().ShouldBe(3f);
    }

    [Fact]
    public void TorchSharp_is_made_for_the_version_that_messages_name() =>
        torch.__version__.ShouldStartWith(Libtorch.MadeFor + ".");
}
