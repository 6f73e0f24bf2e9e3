using RandomizedSmoothing.Core;
using RandomizedSmoothing.Models.Artifacts;

namespace RandomizedSmoothing.Models.Tests.Artifacts;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rsmooth-atomic-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("No space left on device : '{0}'", "Cannot write '{1}': No space left on device. Nothing")]
    [InlineData("The file '{0}' is odd.", "Cannot write '{1}': The file '{1}' is odd. Nothing")]
    public void The_same_fault_has_the_same_words_at_every_try(string system, string told)
    {
        var path = Path.Combine(_folder, "net.safetensors");

        string Try() =>
            Should
                .Throw<UserErrorException>(() =>
                    AtomicFile.Write(
                        path,
                        stream => throw new IOException(string.Format(system, ((FileStream)stream).Name))
                    )
                )
                .Message;

        Try().ShouldStartWith(string.Format(told, "", path));
        Try().ShouldBe(Try());
        Directory.EnumerateFileSystemEntries(_folder).ShouldBeEmpty();
    }

    [Fact]
    public void What_cannot_be_written_is_found_before_the_work()
    {
        var fine = Path.Combine(_folder, "new", "net.safetensors");
        AtomicFile.RequireWritable(fine);
        Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(fine)!).ShouldBeEmpty();

        File.WriteAllText(Path.Combine(_folder, "plain"), "in the way");
        foreach (var bad in new[] { Path.Combine(_folder, "plain", "net.safetensors"), Path.Combine(_folder, "new") })
        {
            Should
                .Throw<UserErrorException>(() => AtomicFile.RequireWritable(bad))
                .Message.ShouldStartWith($"Cannot write '{bad}'");
        }
    }
}
