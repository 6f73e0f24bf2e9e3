using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Artifacts;

namespace RandomizedSmoothing.Models.Tests.Artifacts;

public sealed class ArtifactCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ArtifactCache _cache;

    public ArtifactCacheTests() => _cache = new ArtifactCache(Path.Combine(_folder.Path, "store"));

    [Fact]
    public void A_published_file_is_found_by_the_digest_of_its_bytes()
    {
        var hash = _cache.Publish(_folder.File("model", "abc"u8.ToArray()), CancellationToken.None);
        hash.Hex.ShouldBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        File.ReadAllText(_cache.Find(hash)!).ShouldBe("abc");
        _cache.Obtain(hash, CancellationToken.None).ShouldBe(_cache.Find(hash));
        new ArtifactCache(_cache.Folder).Find(hash).ShouldBe(_cache.Find(hash));
    }

    [Fact]
    public void A_damaged_file_is_not_handed_out()
    {
        var hash = _cache.Publish(_folder.File("model", "abc"u8.ToArray()), CancellationToken.None);
        var path = _cache.Find(hash)!;
        File.WriteAllText(path, "abd!");
        _cache.Find(hash).ShouldBeNull();
        File.Exists(path).ShouldBeFalse();
        Should
            .Throw<UserErrorException>(() => _cache.Obtain(hash, CancellationToken.None))
            .Message.ShouldContain(hash.Hex);
        _cache.Publish(_folder.File("model", "abc"u8.ToArray()), CancellationToken.None);
        File.ReadAllText(_cache.Find(hash)!).ShouldBe("abc");
    }

    [Fact]
    public void Bytes_that_come_in_under_a_wrong_digest_do_not_touch_those_that_have_it()
    {
        var hash = _cache.Publish(_folder.File("model", "abc"u8.ToArray()), CancellationToken.None);
        var wrong = _folder.File("wrong", "abd"u8.ToArray());
        var right = _folder.File("right", "abc"u8.ToArray());

        _cache.Accept(wrong, hash).ShouldBeFalse();
        File.ReadAllText(_cache.PathOf(hash)).ShouldBe("abc");
        _cache.Accept(right, hash).ShouldBeTrue();
        _cache.Discard(hash);
        _cache.Accept(_folder.File("again", "abc"u8.ToArray()), hash).ShouldBeTrue();

        File.ReadAllText(_cache.Find(hash)!).ShouldBe("abc");
        (File.Exists(wrong), File.Exists(right)).ShouldBe((false, false));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    [InlineData("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    public void Only_digests_name_files(string text) =>
        Should.Throw<ArgumentException>(() => _cache.Find(new ContentHash(text)));

    [Fact]
    public void A_failed_write_leaves_neither_half_a_file_nor_the_loss_of_the_old_one()
    {
        var path = Path.Combine(_folder.Path, "result");
        AtomicFile.Write(path, stream => stream.WriteByte(1));
        Should
            .Throw<UserErrorException>(() =>
                AtomicFile.Write(
                    path,
                    stream =>
                    {
                        stream.WriteByte(2);
                        throw new IOException("No space left on device");
                    }
                )
            )
            .Message.ShouldContain("No space left");
        File.ReadAllBytes(path).ShouldBe([1]);
        Directory.GetFiles(_folder.Path).ShouldBe([path]);
    }

    public void Dispose() => _folder.Dispose();
}
