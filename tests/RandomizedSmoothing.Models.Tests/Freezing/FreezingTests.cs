using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Freezing;
using RandomizedSmoothing.Models.Importing;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Tests.Freezing;

/// <summary>TorchScript programs frozen, and which are left as they are.</summary>
public sealed class FreezingTests : IDisposable
{
    private const int Programs = 150;
    private static readonly ImageShape Shape = new(4, 6, 6);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_program_with_operators_that_have_changed_since_has_its_version_elsewhere()
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(_folder.Path, "newer.pt");
        var program = new ScriptProgram { VersionFile = ".data/version" };
        program.Add(rand(10, 144), "w");
        program.Write(path, "return torch.linear(torch.gelu(torch.flatten(x, 1)), self.w, None)");

        using var classifier = Open(path);

        classifier.Route.ShouldBe(ClassifierRoute.Frozen);
    }

    [Fact]
    public void Programs_without_any_plan_answer_the_same_frozen()
    {
        var frozen = 0;
        for (var seed = 0; seed < Programs; seed++)
        {
            var path = Path.Combine(_folder.Path, $"{seed}.pt");
            RandomProgram.Write(path, seed);
            using var scope = NewDisposeScope();
            using var program = Open(path, ClassifierRoute.Program);
            using var classifier = Open(path);
            if (classifier.Route == ClassifierRoute.Frozen)
            {
                frozen++;
                RequireSame(classifier, program, 5, $"seed {seed}");
                RequireSame(classifier, program, 2, $"seed {seed}");
            }
            else
            {
                ((ScriptClassifier)classifier).Obstacle.ShouldBe("a tensor that is changed in place under two names");
            }
        }

        // Both kinds have been seen.
        frozen.ShouldBeInRange(Programs / 2, Programs - 1);
    }

    [Theory]
    [InlineData("return torch.linear(torch.flatten(x, 1), self.w, None)")]
    [InlineData("return torch.addmm(self.b, torch.reshape(x, [torch.size(x, 0), -1]), torch.t(self.w))")]
    [InlineData("y = torch.view(x, [(torch.size(x))[0], 144])\nreturn torch.linear(y, self.w, self.b)")]
    [InlineData(
        "y = torch.reshape(x, [torch.mul(torch.size(x, 0), 4), 36])\nreturn torch.linear(torch.reshape(y, [torch.floordiv(torch.size(y, 0), 4), -1]), self.w, self.b)"
    )]
    [InlineData(
        "training = self.training\nif training:\n  y = torch.rand_like(x)\nelse:\n  y = x\nreturn torch.linear(torch.flatten(y, 1), self.w, self.b)"
    )]
    [InlineData(
        "y = x\nfor i in range(3):\n  y = torch.mul(y, 0.5)\nreturn torch.linear(torch.flatten(y, 1), self.w, self.b)"
    )]
    [InlineData(
        "y = torch.sub(torch.mul(x, 2), 1)\nreturn torch.log_softmax(torch.linear(torch.flatten(y, 1), self.w, self.b), 1)"
    )]
    [InlineData(
        "a, b, = torch.chunk(x, 2, 1)\nreturn torch.linear(torch.flatten(torch.cat([b, a], 1), 1), self.w, self.b)"
    )]
    [InlineData(
        "y = torch.dropout(x, 0.5, False)\nreturn torch.linear(torch.flatten(torch.contiguous(y), 1), self.w, self.b)"
    )]
    [InlineData("return __torch__.scaled(torch.flatten(x, 1), self.w, self.b, )")]
    [InlineData(
        "y = torch.clamp(torch.max_pool2d(torch.pad(x, [1, 1, 1, 1], \"reflect\"), [3, 3], [1, 1], [0, 0], [1, 1], False), -0.5, 0.75)\nreturn torch.linear(torch.flatten(torch.slice(torch.slice(y, 2, 0, 6, 1), 3, 0, 6, 1), 1), self.w, self.b)"
    )]
    [InlineData(
        "m, at, = torch.max(x, 1, True)\ny = torch.minimum(torch.max(x, m), torch.amin(x, [2, 3], True))\nreturn torch.linear(torch.flatten(torch.erf(y), 1), self.w, self.b)"
    )]
    [InlineData(
        "a, b, c, d, = torch.unbind(x, 1)\ne, f, = torch.split(x, [3, 1], 1)\ny = torch.cat([torch.stack([d, c, b], 1), f], 1)\nreturn torch.linear(torch.flatten(y, 1), self.w, self.b)"
    )]
    [InlineData(
        "a, b, = torch.split(x, 2, 1)\nif self.training:\n  c, d = a, a\nelse:\n  c, d = b, torch.neg(a)\nreturn torch.linear(torch.flatten(torch.cat([c, d], 1), 1), self.w, self.b)"
    )]
    [InlineData(
        "h = ops.prim.NumToTensor(torch.size(x, 2))\ny = torch.reshape(x, [torch.size(x, 0), 4, int(torch.div(h, 2, rounding_mode=\"trunc\")), -1])\ny = torch.scaled_dot_product_attention(y, y, y)\nreturn torch.linear(torch.flatten(y, 1), self.w, self.b)"
    )]
    [InlineData(
        "t = torch.expand(torch.reshape(self.b, [1, 1, 10]), [torch.size(x, 0), -1, -1])\ny = torch.reshape(torch.linear(torch.flatten(x, 1), self.w, None), [-1, 1, 10])\nreturn torch.select(torch.add(torch.bmm(torch.transpose(t, 1, 2), y), t), 1, 2)"
    )]
    [InlineData(
        "if torch.eq(torch.mul(torch.size(x, 0), 4), 1):\n  ops.prim.RaiseException(\"\")\nelse:\n  pass\nif torch.ne(torch.size(x), torch.size(torch.neg(x))):\n  y = torch.neg(x)\nelse:\n  y = x\nreturn torch.linear(torch.flatten(y, 1), self.w, self.b)"
    )]
    [InlineData(
        "n = 1\nfor i in range(torch.__range_length(1, torch.len(torch.slice(torch.size(x), None, 4)), 1)):\n  n = torch.mul(n, (torch.size(x))[torch.__derive_index(i, 1, 1)])\nreturn torch.linear(torch.reshape(x, [-1, n]), self.w, self.b)"
    )]
    [InlineData(
        "y = torch.sub(x, torch.reshape(torch.to(self.m, torch.device(\"cpu\"), 6), [4, 1, 1]))\nreturn torch.linear(torch.flatten(y, 1), self.w, self.b)"
    )]
    [InlineData(
        "y = torch.add_(torch.clone(x), 1)\nreturn torch.linear(torch.flatten(torch.add(torch.flip(x, [3]), y), 1), self.w, self.b)"
    )]
    [InlineData(
        "y = torch.roll(torch.pixel_shuffle(x, 2), [1, -2], [2, 3])\nreturn torch.linear(torch.flatten(torch.pixel_unshuffle(y, 2), 1), self.w, self.b)"
    )]
    [InlineData(
        "y = torch.slice(torch.upsample_nearest2d(x, None, [2., 2.]), 2, 3, 9, 1)\nreturn torch.linear(torch.flatten(torch.slice(torch.upsample_nearest2d(y, [9, 15], None), 3, 1, 3, 1), 1), torch.slice(self.w, 1, 0, 72, 1), self.b)"
    )]
    [InlineData(
        "k = torch.reshape(torch.slice(torch.reshape(self.w, [1440]), 0, 0, 144, 1), [4, 4, 3, 3])\ny = torch.conv2d(torch._convolution_mode(x, k, None, [1, 1], \"same\", [2, 1], 1), k, None, [1, 1], \"valid\", [1, 1], 1)\nreturn torch.linear(torch.flatten(torch.pad(y, [1, 1, 1, 1]), 1), self.w, self.b)"
    )]
    [InlineData(
        "k = torch.reshape(torch.slice(torch.reshape(self.w, [1440]), 0, 0, 96, 1), [4, 4, 2, 3])\ny = torch.conv2d(x, k, None, [1, 1], \"same\", [1, 1], 1)\nreturn torch.linear(torch.flatten(y, 1), self.w, self.b)"
    )]
    [InlineData(
        "w = torch._weight_norm(self.w, torch.reshape(self.b, [10, 1]), 0)\nreturn torch.linear(torch.flatten(x, 1), w, self.b)"
    )]
    [InlineData(
        "v, m, = torch.var_mean(x, [2, 3], False, True)\ny = torch.div(torch.sub(x, m), torch.sqrt(torch.add(v, 0.01)))\ns = torch.std(y, [1], correction=1, keepdim=True)\ny = torch.add(torch.mul(y, torch.var(x, [1, 2], True, True)), s)\nreturn torch.linear(torch.flatten(y, 1), self.w, self.b)"
    )]
    [InlineData(
        "n = torch.expand_as(torch.clamp_min(torch.norm(torch.flatten(x, 1), 2, [1], True), 0.001), torch.flatten(x, 1))\nm = torch.linalg_vector_norm(x, 2, [1, 2, 3], True)\ny = torch.div(torch.flatten(torch.div(x, torch.add(m, torch.frobenius_norm(x, [2, 3], True))), 1), n)\nreturn torch.linear(y, self.w, self.b)"
    )]
    [InlineData(
        "a = torch.einsum(\"bchw,bdhw->bcd\", [x, torch.sin(x)])\ny = torch.einsum(\"bcd,bdhw->bchw\", [torch.softmax(a, -1), torch.cos(x)])\nreturn torch.linear(torch.flatten(y, 1), self.w, self.b)"
    )]
    [InlineData(
        "m, at, = torch.max_pool2d_with_indices(x, [3, 3], [1, 1], [1, 1], [1, 1], False)\ng, at, = torch.adaptive_max_pool2d(x, [1, 1])\ny = torch.celu(torch.add(m, torch.neg(g)), 0.5)\nreturn torch.linear(torch.flatten(y, 1), self.w, self.b)"
    )]
    [InlineData(
        "y = torch.concat([torch.glu(x, 1), torch.narrow(x, 1, 1, 2)], 1)\nz = torch.flatten(y, 0, 1)\nz = torch.unflatten(torch.baddbmm(z, z, z), 0, [-1, 4])\nreturn torch.linear(torch.flatten(z, 1), self.w, self.b)"
    )]
    [InlineData(
        "y = torch.upsample_bilinear2d(x, None, False, [2., 2.])\ny = torch.slice(torch.slice(y, 2, 3, 9, 1), 3, 1, 7, 1)\nreturn torch.linear(torch.flatten(y, 1), self.w, self.b)"
    )]
    [InlineData("y = torch.index_select(x, 1, self.p)\nreturn torch.linear(torch.flatten(y, 1), self.w, self.b)")]
    public void What_classifiers_are_made_of_is_frozen(string body)
    {
        var path = Write(body);
        using var scope = NewDisposeScope();
        using var program = Open(path, ClassifierRoute.Program);
        using var classifier = Open(path);
        (classifier as ScriptClassifier)?.Obstacle.ShouldBeNull();
        classifier.Route.ShouldBe(ClassifierRoute.Frozen);
        RequireSame(classifier, program, 7, body);
    }

    [Theory]
    [InlineData(
        "m, at, = torch.max(x, 1)\nreturn torch.linear(torch.flatten(torch.add(x, torch.unsqueeze(at, 1)), 1), self.w, self.b)",
        "unsqueeze"
    )]
    [InlineData(
        "y = torch.upsample_nearest2d(x, None, [1.5, 1.5])\nreturn torch.linear(torch.flatten(torch.slice(torch.slice(y, 2, 0, 6, 1), 3, 0, 6, 1), 1), self.w, self.b)",
        "scale_factors"
    )]
    [InlineData("return torch.linear(torch.flatten(torch.cumsum(x, 1), 1), self.w, self.b)", "cumsum")]
    [InlineData(
        "y = torch.add(torch.linear(torch.flatten(x, 1), self.w, self.b), torch.mul(torch.size(x, 0), 0.01))\nreturn y",
        "rows"
    )]
    [InlineData(
        "if torch.gt(torch.size(x, 0), 3):\n  y = torch.neg(x)\nelse:\n  y = x\nreturn torch.linear(torch.flatten(y, 1), self.w, self.b)",
        "rows"
    )]
    [InlineData(
        "if torch.eq(torch.mul(torch.size(x, 0), 4), 32):\n  y = torch.neg(x)\nelse:\n  y = x\nreturn torch.linear(torch.flatten(y, 1), self.w, self.b)",
        "rows"
    )]
    [InlineData(
        "if torch.eq([torch.size(x, 0), 7], [torch.mul(torch.size(x, 0), torch.size(x, 0)), 7]):\n  y = torch.neg(x)\nelse:\n  y = x\nreturn torch.linear(torch.flatten(y, 1), self.w, self.b)",
        "rows"
    )]
    [InlineData(
        "n = torch.floordiv(torch.size(x, 0), 4)\ny = torch.mul(x, torch.add(n, 1))\nreturn torch.linear(torch.flatten(y, 1), self.w, self.b)",
        "rows"
    )]
    [InlineData(
        "n = torch.remainder(torch.size(x, 0), 5)\nreturn torch.linear(torch.reshape(x, [n, 144]), self.w, self.b)",
        "rows"
    )]
    [InlineData(
        "y = torch.add(x, ([0., 1., 2., 3., 4., 5., 6., 7., 8.])[torch.size(x, 0)])\nreturn torch.linear(torch.flatten(y, 1), self.w, self.b)",
        "rows"
    )]
    [InlineData(
        "if bool(torch.gt(torch.max(x), 100.)):\n  y = torch.neg(x)\nelse:\n  y = x\nreturn torch.linear(torch.flatten(y, 1), self.w, self.b)",
        "max"
    )]
    [InlineData(
        "y = torch.flatten(torch.relu(x), 1)\nz = torch.neg_(y)\nreturn torch.linear(y, self.w, self.b)",
        "two names"
    )]
    [InlineData(
        "w = self.w\nw0 = torch.mul_(w, 1.)\nreturn torch.linear(torch.flatten(x, 1), w0, self.b)",
        "two names"
    )]
    [InlineData(
        "y = torch.batch_norm(x, None, None, None, None, True, 0.1, 1e-05, True)\nreturn torch.linear(torch.flatten(torch.mul(torch.sub(y, y), x), 1), self.w, self.b)",
        "training"
    )]
    [InlineData("y = torch.to(x, 7)\nreturn torch.linear(torch.flatten(torch.to(y, 6), 1), self.w, self.b)", "type")]
    public void What_is_not_understood_is_left_as_it_is_and_said(string body, string obstacle)
    {
        var path = Write(body);
        using var classifier = Open(path);
        classifier.ShouldBeOfType<ScriptClassifier>().Obstacle.ShouldNotBeNull().ShouldContain(obstacle);
    }

    [Fact]
    public void A_module_saved_in_training_mode_infers()
    {
        var body =
            "y = torch.batch_norm(x, None, None, self.m, self.v, self.training, 0.1, 1e-05, True)\nreturn torch.linear(torch.flatten(y, 1), self.w, self.b)";
        var path = Write(body, training: true);
        using var scope = NewDisposeScope();
        using var program = Open(path, ClassifierRoute.Program);
        using var classifier = Open(path);
        classifier.Route.ShouldBe(ClassifierRoute.Frozen);
        RequireSame(classifier, program, 5, body);
    }

    [Fact]
    public void A_sweep_that_began_with_the_program_goes_on_with_it_and_one_that_began_frozen_goes_on_frozen()
    {
        var path = Write("return torch.linear(torch.flatten(x, 1), self.w, self.b)");
        using var program = Open(path, ClassifierRoute.Program);
        using var frozen = Open(path, ClassifierRoute.Frozen);
        (program.Route, frozen.Route).ShouldBe((ClassifierRoute.Program, ClassifierRoute.Frozen));
        var left = Write("return torch.linear(torch.flatten(torch.cumsum(x, 1), 1), self.w, self.b)");
        Should
            .Throw<Core.UserErrorException>(() => Open(left, ClassifierRoute.Frozen).Dispose())
            .Message.ShouldContain("cumsum");
    }

    [Fact]
    public void Frozen_in_bfloat16_pixels_are_normalised_before_they_lose_bits()
    {
        var path = Write(
            "y = torch.div(torch.sub(x, 0.5), 0.01)\nreturn torch.linear(torch.flatten(y, 1), self.w, self.b)"
        );
        using var scope = NewDisposeScope();
        using var single = Open(path);
        using var half = Open(path, precision: Precision.BFloat16);
        half.Route.ShouldBe(ClassifierRoute.Frozen);

        // In bfloat16, .5 and .5 ± 1e-3 are the same pixel.
        var input = 0.5f + 1e-3f * randn(5, 4, 6, 6);
        half.Logits(input).allclose(single.Logits(input), 0.05, 0.05).ShouldBeTrue();
    }

    [SkippableFact]
    public void A_published_script_frozen_is_bit_for_bit_the_network_of_its_weights()
    {
        var script = TestFolders.RequireShared("models", "akamaster_resnet20.ts.pt");
        var weights = TestFolders.RequireShared("models", "akamaster_resnet20.safetensors");
        var fit = new ModelFit(new ImageShape(3, 32, 32), 10, 4);
        using var scope = NewDisposeScope();
        var input = rand(4, 3, 32, 32) + 0.25f * randn(4, 3, 32, 32);
        foreach (var precision in new[] { Precision.Float32, Precision.BFloat16 })
        {
            var spec = new ModelSpec { Name = "m", Architecture = "resnet20-a" };
            using var frozen = ModelLoader.Open(script, spec, fit, CPU, precision);
            using var network = ModelLoader.Open(weights, spec, fit, CPU, precision);
            (frozen.Route, network.Route).ShouldBe((ClassifierRoute.Frozen, ClassifierRoute.Network));
            frozen.Logits(input).Equals(network.Logits(input)).ShouldBeTrue();
        }
    }

    private static void RequireSame(BaseClassifier frozen, BaseClassifier program, int rows, string which)
    {
        using var _ = no_grad();
        var input = rand(rows, Shape.Channels, Shape.Height, Shape.Width);
        var (actual, expected) = (frozen.Logits(input), program.Logits(input.clone()));
        actual.allclose(expected, 1e-4, 1e-4).ShouldBeTrue(which);
    }

    private string Write(string body, bool training = false)
    {
        using var scope = NewDisposeScope();
        var program = new ScriptProgram
        {
            Training = training,
            Functions =
                "def scaled(x: Tensor,\n    w: Tensor,\n    b: Optional[Tensor]=None,\n    scale: float=0.5) -> Tensor:\n  y = torch.linear(torch.mul(x, scale), w, b)\n  return y\n",
        };
        program.Add(linspace(-1, 1, 1440).reshape(10, 144), "w");
        program.Add(linspace(-2, 2, 10), "b");
        program.Add(linspace(-1, 1, 4), "m");
        program.Add(linspace(0.5f, 2, 4), "v");
        program.Add(tensor(new long[] { 2, 0, 3, 1 }), "p");
        var path = Path.Combine(_folder.Path, $"{Guid.NewGuid():n}.pt");
        program.Write(path, body);
        return path;
    }

    private static BaseClassifier Open(
        string path,
        ClassifierRoute? route = null,
        Precision precision = Precision.Float32
    ) =>
        ModelLoader.Open(
            path,
            new ModelSpec { Name = "m", File = path },
            new ModelFit(Shape, 10, 4),
            CPU,
            precision,
            route
        );
}
