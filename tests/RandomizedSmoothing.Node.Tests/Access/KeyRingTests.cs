using System.Security.Claims;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Access;

namespace RandomizedSmoothing.Node.Tests.Access;

public sealed class KeyRingTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_key_is_kept_as_a_digest_and_recognised()
    {
        var (key, text) = AccessKey.Create("alice", AccessRole.Operator);

        key.Line.ShouldStartWith("alice operator pbkdf2-sha256 100000 ");
        key.Line.ShouldNotContain(text["rs_alice_".Length..]);
        AccessKey.TryParse(key.Line, out var read).ShouldBeTrue();
        read!.Matches(text).ShouldBeTrue();
        read.Matches(text + "x").ShouldBeFalse();
        text.Length.ShouldBe("rs_alice_".Length + 43);
    }

    [Theory]
    [InlineData("")]
    [InlineData("alice")]
    [InlineData("alice boss pbkdf2-sha256 100000 AAAAAAAAAAA= AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("alice 1 pbkdf2-sha256 1 AAAAAAAAAAA= AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("alice viewer pbkdf2-sha256 100000 AAAAAAAAAAA= AAAA")]
    [InlineData("alice viewer md5 100000 AAAAAAAAAAA= AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("Alice viewer pbkdf2-sha256 100000 AAAAAAAAAAA= AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void What_is_no_line_is_none(string line) => AccessKey.TryParse(line, out _).ShouldBeFalse();

    [Fact]
    public void A_key_that_is_struck_out_stops_working_and_a_damaged_file_changes_nothing()
    {
        var (alice, aliceText) = AccessKey.Create("alice", AccessRole.Viewer);
        var (bob, bobText) = AccessKey.Create("bob", AccessRole.Operator);
        var file = _scratch.Write("keys", $"{alice.Line}\n{bob.Line}\n");
        var ring = new KeyRing(new AccessOptions { KeysFile = file }, _time, NullLogger<KeyRing>.Instance);
        ring.TryVerify(aliceText, out _).ShouldBeTrue();
        ring.TryVerify(bobText, out var role).ShouldBeTrue();
        role!.Role.ShouldBe(AccessRole.Operator);

        File.WriteAllText(file, "damaged");
        _time.Advance(TimeSpan.FromSeconds(6));
        ring.TryVerify(aliceText, out _).ShouldBeTrue();

        File.WriteAllText(file, bob.Line);
        _time.Advance(TimeSpan.FromSeconds(6));
        ring.TryVerify(aliceText, out _).ShouldBeFalse();
        ring.Recall(aliceText).ShouldBeNull();
        ring.TryVerify(bobText, out _).ShouldBeTrue();
    }

    [Fact]
    public void Whoever_was_let_in_stays_as_long_as_the_key_and_its_role_do()
    {
        var (alice, _) = AccessKey.Create("alice", AccessRole.Operator);
        var (viewer, _) = AccessKey.Create("alice", AccessRole.Viewer);
        var file = _scratch.Write("keys", alice.Line);
        var ring = new KeyRing(new AccessOptions { KeysFile = file }, _time, NullLogger<KeyRing>.Instance);
        var open = new KeyRing(new AccessOptions(), _time, NullLogger<KeyRing>.Instance);
        var reader = Reader("alice", AccessRole.Viewer, AccessRole.Operator);
        ring.StillHolds(reader).ShouldBeTrue();
        ring.StillHolds(Reader("anonymous", AccessRole.Viewer)).ShouldBeFalse();
        ring.StillHolds(Reader("anyone", AccessRole.Viewer, AccessRole.Operator)).ShouldBeFalse();
        ring.StillHolds(new ClaimsPrincipal(new ClaimsIdentity())).ShouldBeFalse();
        open.StillHolds(Reader("anyone", AccessRole.Viewer, AccessRole.Operator)).ShouldBeTrue();

        File.WriteAllText(file, viewer.Line);
        _time.Advance(TimeSpan.FromSeconds(6));

        ring.StillHolds(reader).ShouldBeFalse();
        ring.StillHolds(Reader("alice", AccessRole.Viewer)).ShouldBeTrue();
    }

    private static ClaimsPrincipal Reader(string name, params AccessRole[] roles) =>
        new(
            new ClaimsIdentity(
                [new Claim(ClaimTypes.Name, name), .. roles.Select(role => new Claim(ClaimTypes.Role, $"{role}"))],
                "rsmooth"
            )
        );

    [Fact]
    public void Keys_that_cannot_be_read_stop_the_node_with_the_line_and_no_secret()
    {
        var file = _scratch.Write("keys", "# keys\nalice viewer open-sesame\n");

        var error = Should.Throw<UserErrorException>(() =>
            new KeyRing(new AccessOptions { KeysFile = file }, _time, NullLogger<KeyRing>.Instance)
        );

        error.Message.ShouldContain($"Line 2 of {file}");
        error.Message.ShouldNotContain("open-sesame");
    }

    [Fact]
    public void Guessing_is_slowed_down_and_known_keys_are_not()
    {
        var (alice, text) = AccessKey.Create("alice", AccessRole.Viewer);
        var (other, otherText) = AccessKey.Create("other", AccessRole.Viewer);
        var ring = new KeyRing(
            new AccessOptions { Keys = [alice.Line, other.Line] },
            _time,
            NullLogger<KeyRing>.Instance
        );
        using var attempts = new KeyAttempts(ring);
        var address = System.Net.IPAddress.Loopback;
        attempts.TryVerify(text, address, out _).ShouldBeTrue();
        for (var guess = 0; guess < 30; guess++)
        {
            attempts.TryVerify($"rs_nobody_{guess}", address, out _).ShouldBeFalse();
        }

        attempts.TryVerify(otherText, address, out _).ShouldBeFalse();
        attempts.TryVerify(otherText, System.Net.IPAddress.IPv6Loopback, out _).ShouldBeTrue();
        attempts.TryVerify(text, address, out _).ShouldBeTrue();
    }
}
