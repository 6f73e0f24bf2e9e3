using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Tests.Sweeps;

public sealed class SweepFileProblemsTests
{
    [Fact]
    public void Every_problem_is_reported_at_once_with_its_place()
    {
        const string Yaml = """
            name: my sweep
            sead: 1
            datasets:
              - name: mnst
              - name: digits
                path: x
            models:
              - name: net
                architecture: lenet5
                train: { epochs: many }
            sigmas: [0.25, 0.25, -1]
            certify:
              alpha: 0.7
              mode: anytim
            """;

        var result = TestSweep.Parse(Yaml, "/x/sweep.yaml", []);

        result.Spec.ShouldBeNull();
        result
            .Problems.Select(p => (p.Path, p.Line, p.Column, p.Given))
            .ShouldBe([
                ("name", 1, 7, "my sweep"),
                ("sead", 2, 1, ""),
                ("datasets[0].name", 4, 11, "mnst"),
                ("datasets[1].path", 6, 11, "x"),
                ("models[0].architecture", 9, 19, "lenet5"),
                ("models[0].train.epochs", 10, 22, "many"),
                ("sigmas[2]", 11, 22, "-1"),
                ("certify.alpha", 13, 10, "0.7"),
                ("certify.mode", 14, 9, "anytim"),
            ]);
        Hint(result, "name").ShouldContain("my-sweep");
        Hint(result, "sead").ShouldBe("did you mean 'seed'?");
        Hint(result, "datasets[0].name").ShouldContain("did you mean 'mnist'?");
        Hint(result, "models[0].architecture").ShouldBe("did you mean 'lenet'?");
        Hint(result, "certify.mode").ShouldBe("did you mean 'anytime'?");
        var text = result.Describe();
        text.ShouldStartWith("/x/sweep.yaml has 9 problems:");
        text.ShouldContain("/x/sweep.yaml:13:10: certify.alpha = 0.7");
        Should.Throw<UserErrorException>(() => result.Require()).Message.ShouldBe(text);
    }

    [Theory]
    [InlineData("certify.alpha=0", "certify.alpha", "greater than 0 and less than 0.5")]
    [InlineData("certify.alpha=.nan", "certify.alpha", "finite")]
    [InlineData("certify.alpha=0.5", "certify.alpha", "less than 0.5")]
    [InlineData("certify.n0=0", "certify.n0", "at least 1")]
    [InlineData("certify.n=9", "certify.n", "can only abstain")]
    [InlineData("certify.n=1.5", "certify.n", "whole number")]
    [InlineData("certify.n=100_000", "certify.n", "whole number")]
    [InlineData("certify={n: 10, certificate: two-class}", "certify.n", "can only abstain")]
    [InlineData("certify.tolerance=0.2", "certify.tolerance", "at most 0.1")]
    [InlineData("certify.precision=0", "certify.precision", "greater than 0")]
    [InlineData("certify={mode: anytime, n: 11}", "certify.n", "can only abstain")]
    [InlineData("certify.radii=[0.5, 0.25]", "certify.radii[1]", "greater than the radius before it")]
    [InlineData("certify.radii={from: 1, to: 0.5, step: 0.1}", "certify.radii.to", "at least 'from'")]
    [InlineData("certify.radii={to: 1}", "certify.radii.step", "is missing")]
    [InlineData("certify.radii={to: 1000, step: 0.001}", "certify.radii.step", "at most 1000 radii")]
    [InlineData("certify=5", "certify", "must be a mapping")]
    [InlineData("sigmas=[]", "sigmas", "at least one")]
    [InlineData("sigmas=", "sigmas", "is missing")]
    [InlineData("sigmas=[0.5, 0.50]", "sigmas[1]", "listed twice")]
    [InlineData("sigmas=[64]", "sigmas[0]", "at most 10")]
    [InlineData("sigmas=[.inf]", "sigmas[0]", "finite")]
    [InlineData("sigmas={a: 1}", "sigmas", "must be a list")]
    [InlineData("noises=[gauss]", "noises[0]", "one of gaussian")]
    [InlineData("noises=[gaussian, gaussian]", "noises[1]", "listed twice")]
    [InlineData("noises=[wide]", "sigmas[0]", "it needs at least 0.3")]
    [InlineData("version=2", "version", "from 1 to 1")]
    [InlineData("seed=-1", "seed", "from 0 to 18446744073709551615")]
    [InlineData("seed=18446744073709551616", "seed", "from 0 to 18446744073709551615")]
    [InlineData("priority=high", "priority", "whole number")]
    [InlineData("datasets=[]", "datasets", "at least one")]
    [InlineData("datasets=[{name: own, format: idx}]", "datasets[0].path", "needs a path")]
    [InlineData("datasets=[digits, digits]", "datasets[1].name", "a name of its own")]
    [InlineData("datasets[0].max=0", "datasets[0].max", "at least 1")]
    [InlineData("datasets[0].skip=0", "datasets[0].skip", "at least 1")]
    [InlineData("datasets[0].classes=1000000", "datasets[0].classes", "100000")]
    [InlineData("datasets[0].split=val", "datasets[0].split", "one of test, train")]
    [InlineData("models[0].file=/x.pt", "models[0]", "not both")]
    [InlineData("models[0].train=", "models[0]", "needs either 'train'")]
    [InlineData("models[0].architecture=", "models[0].architecture", "is missing")]
    [InlineData("models[0].normalize={mean: [0.1], std: [0.2]}", "models[0].normalize", "imported file")]
    [InlineData("models=[{name: a, file: /x.pt, normalize: {mean: [0, 0], std: [1]}}]", "models[0].normalize.std", "2")]
    [InlineData(
        "models=[{name: a, file: /x.pt, normalize: {mean: 0, std: 0}}]",
        "models[0].normalize.std",
        "greater than 0"
    )]
    [InlineData("models=[{name: a, file: /x.pt}, {name: A, file: /y.pt}]", "models[1].name", "a name of its own")]
    [InlineData("models[0].name=a/b", "models[0].name", "letters, digits")]
    [InlineData("models[0].train.sigmas=matched", "models[0].train.sigmas", "one of match, none")]
    [InlineData("models[0].train.sigmas=[0, 0]", "models[0].train.sigmas[1]", "listed twice")]
    [InlineData("models[0].train.learningRate=0", "models[0].train.learningRate", "greater than 0")]
    [InlineData("models[0].train={recipe: free, options: {a: b}}", "models[0].train.options.a", "must be a number")]
    [InlineData("models[0].train.options={lambda: 101}", "models[0].train.options.lambda", "at most 100: weight")]
    [InlineData("models[0].train.options={lamda: 1}", "models[0].train.options.lamda", "which takes lambda, momentum")]
    [InlineData("models[0].train.options=5", "models[0].train.options", "must be a mapping")]
    [InlineData("models[0].train.recipe=gausian", "models[0].train.recipe", "one of gaussian, free")]
    [InlineData("execution.batchSize=0", "execution.batchSize", "from 1")]
    [InlineData("execution.precision=half", "execution.precision", "one of float32, bfloat16")]
    [InlineData("execution.maxAttempts=0", "execution.maxAttempts", "from 1")]
    public void A_broken_rule_is_named_at_its_key(string change, string path, string rule)
    {
        var result = TestSweep.Parse(SweepTexts.Minimal, "/x/sweep.yaml", [change]);

        result.Spec.ShouldBeNull();
        result.Errors.ShouldContain(
            p => p.Path == path && p.Rule.Contains(rule, StringComparison.Ordinal),
            result.Describe()
        );
    }

    [Theory]
    [InlineData("\"0.01\"", "remove the quotes: 0.01")]
    [InlineData("0,01", "decimal point: 0.01")]
    [InlineData("1%", "write the fraction: 0.01")]
    [InlineData("1/100", "decimal number: 0.01")]
    [InlineData("[0.01]", "this is a list")]
    public void A_number_written_in_another_way_gets_its_own_hint(string text, string hint) =>
        Hint(TestSweep.Parse($"{SweepTexts.Minimal}\ncertify:\n  alpha: {text}\n", null, []), "certify.alpha")
            .ShouldContain(hint);

    [Fact]
    public void A_key_of_another_section_is_sent_to_its_place()
    {
        var result = TestSweep.Parse(SweepTexts.Minimal + "\nalpha: 0.01\nbatch_size: 4\n", null, []);

        Hint(result, "alpha").ShouldBe("it belongs under 'certify'");
        result.Problems.Count.ShouldBe(2);
        TestSweep
            .Parse(SweepTexts.Minimal + "\nexecution: { batch_size: 4 }\n", null, [])
            .Problems.Single()
            .Hint.ShouldBe("did you mean 'batchSize'?");
    }

    [Fact]
    public void The_smallest_useful_number_of_draws_is_told()
    {
        Hint(TestSweep.Parse(SweepTexts.Minimal, null, ["certify.n=9"]), "certify.n").ShouldContain("at least 10");
        TestSweep.Parse(SweepTexts.Minimal, null, ["certify.n=10", "certify.n0=10"]).IsValid.ShouldBeTrue();
        string[] shared =
        [
            "certify.n=16",
            "certify.n0=10",
            "certify.familyWise=bonferroni",
            "datasets.digits.max=1000",
        ];
        Hint(TestSweep.Parse(SweepTexts.Minimal, null, shared), "certify.n").ShouldContain("at least 20");
    }

    [Fact]
    public void A_derandomised_family_needs_no_minimum_of_draws()
    {
        string[] exact = ["noises=[counted]", "sigmas=[0.5]", "certify.n=1", "certify.n0=1"];

        TestSweep.Parse(SweepTexts.Minimal, null, exact).IsValid.ShouldBeTrue();
        TestSweep
            .Parse(SweepTexts.Minimal, null, [.. exact, "certify.mode=anytime"])
            .Errors.Single()
            .Path.ShouldBe("certify.mode");
    }

    [Fact]
    public void A_family_without_an_exact_sampler_warns_where_exact_is_asked_for()
    {
        string[] asked = ["noises=[floating, gaussian]", "certify.sampler=exact"];

        TestSweep.Parse(SweepTexts.Minimal, null, asked).Warnings.Single().Rule.ShouldContain("floating");
        TestSweep.Parse(SweepTexts.Minimal, null, asked[..1]).Problems.ShouldBeEmpty();
    }

    [Fact]
    public void A_relative_path_needs_a_file_to_be_relative_to()
    {
        var result = TestSweep.Parse(SweepTexts.Minimal, null, ["datasets=[{name: mnist, path: here}]"]);

        result.Errors.Single().Rule.ShouldContain("absolute path");
    }

    [Fact]
    public void A_large_grid_warns_and_an_absurd_one_is_refused()
    {
        var sigmas = string.Join(',', Enumerable.Range(1, 600).Select(i => (i * 0.01).ToString("0.##")));

        var large = TestSweep.Parse(SweepTexts.Minimal, null, [$"sigmas=[{sigmas}]"]);
        var train = $"models[0].train.sigmas=[{sigmas}]";
        var absurd = TestSweep.Parse(SweepTexts.Minimal, null, [$"sigmas=[{sigmas}]", train]);

        large.IsValid.ShouldBeTrue();
        large.Warnings.Single().Rule.ShouldContain("600 cells");
        absurd.Errors.Single().Rule.ShouldContain("360000 cells");
    }

    private static string Hint(SweepFileResult result, string path) => result.Problems.First(p => p.Path == path).Hint;
}
