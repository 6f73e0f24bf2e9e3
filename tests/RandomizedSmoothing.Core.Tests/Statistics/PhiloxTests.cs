using CsCheck;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Tests.Statistics;

public sealed class PhiloxTests
{
    // Random123, kat_vectors, philox4x32 with 10 rounds.
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0ul, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(
        0xffffffffu,
        0xffffffffu,
        0xffffffffu,
        0xffffffffu,
        0xfffffffffffffffful,
        0x408f276du,
        0x41c83b0eu,
        0xa20bc7c6u,
        0x6d5451fdu
    )]
    [InlineData(
        0x243f6a88u,
        0x85a308d3u,
        0x13198a2eu,
        0x03707344u,
        0x299f31d0a4093822ul,
        0xd16cfe09u,
        0x94fdccebu,
        0x5001e420u,
        0x24126ea1u
    )]
    public void Blocks_equal_the_published_known_answers(
        uint c0,
        uint c1,
        uint c2,
        uint c3,
        ulong key,
        uint w0,
        uint w1,
        uint w2,
        uint w3
    ) => Philox.Block(c0, c1, c2, c3, key).ShouldBe((w0, w1, w2, w3));

    [Fact]
    public void Vector_form_has_the_bits_of_the_scalar_form()
    {
        var gen =
            from c0 in Gen.UInt.Array[16]
            from c1 in Gen.UInt.Array[16]
            from c2 in Gen.UInt
            from c3 in Gen.UInt
            from key in Gen.ULong
            select (c0, c1, c2, c3, key);
        gen.Sample(t =>
        {
            var fast = new uint[64];
            Philox.Blocks(t.c0, t.c1, t.c2, t.c3, t.key, fast);
            for (var j = 0; j < 16; j++)
            {
                var block = Philox.Block(t.c0[j], t.c1[j], t.c2, t.c3, t.key);
                (fast[j], fast[16 + j], fast[32 + j], fast[48 + j]).ShouldBe(block);
            }
        });
    }
}
