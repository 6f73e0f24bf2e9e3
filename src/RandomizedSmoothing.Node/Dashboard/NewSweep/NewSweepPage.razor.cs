using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Api;
using RandomizedSmoothing.Node.Dashboard.Reading;
using RandomizedSmoothing.Node.Submission;

namespace RandomizedSmoothing.Node.Dashboard.NewSweep;

/// <summary>Writes a sweep file with the validator beside it, says what the sweep takes, and starts it.</summary>
public sealed partial class NewSweepPage : ComponentBase, IDisposable
{
    private const string First = """
        name: digits-first
        seed: 1
        datasets:
          - name: digits
            skip: 20
        models:
          - name: conv
            architecture: small-conv
            train: { sigmas: match, epochs: 4 }
        noises: [gaussian]
        sigmas: [0.25, 0.5]
        certify: { n0: 100, n: 1000, alpha: 0.001 }
        """;

    private readonly CancellationTokenSource _gone = new();
    private string _text = First;
    private SweepFileResult _file = Parse(First);
    private int _cells = Grid.Expand(Parse(First).Require()).Count();
    private SweepPlan? _plan;
    private ResolvedSweep? _looked;
    private bool _mayChange;
    private string? _trouble;
    private string? _busy;

    [CascadingParameter]
    private Task<AuthenticationState>? Reader { get; set; }

    [Inject]
    private SweepPlanner Planner { get; set; } = null!;

    [Inject]
    private SweepSubmission Submission { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private bool CanAct => _mayChange && _file.IsValid && _busy is null;

    private string StartText =>
        _busy == "start" ? (_looked is null ? "Looking it over…" : "Starting…")
        : _looked is { Warnings.Count: > 0 } ? "Start all the same"
        : "Start the sweep";

    /// <inheritdoc />
    protected override async Task OnParametersSetAsync() => _mayChange = await Rights.MayChangeAsync(Reader);

    /// <inheritdoc />
    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    private static SweepFileResult Parse(string text) =>
        SweepFile.Parse(text, filePath: null, [], ProductVocabulary.Current);

    private void Typed(ChangeEventArgs change)
    {
        _text = change.Value?.ToString() ?? "";
        _file = Parse(_text);
        _cells = _file.Spec is { } spec ? Grid.Expand(spec).Count() : 0;
        (_plan, _looked, _trouble) = (null, null, null);
    }

    private string? LineAt(int line) => line < 1 ? null : _text.Split('\n').ElementAtOrDefault(line - 1)?.TrimEnd();

    private static string Draws(CertificationPlan plan) =>
        plan.Mode == CertificationMode.Anytime ? $"At most {Say.Count(plan.N0 + plan.N)}" : Say.Count(plan.N0 + plan.N);

    private Task PlanAsync() =>
        WithAsync(
            "plan",
            async spec =>
            {
                var text = _text;
                var looked = await Submission.ResolveAsync(spec, text, publish: false, preflight: true, _gone.Token);
                var plan = await Planner.PlanAsync(looked.Definition, _gone.Token);
                // What was typed meanwhile has not been looked at.
                if (text == _text)
                {
                    (_looked, _plan) = (looked, plan);
                }
            }
        );

    // What the preflight warns of is shown first; who has seen it starts all the same.
    private Task StartAsync() =>
        WithAsync(
            "start",
            async spec =>
            {
                var (text, looked) = (_text, _looked);
                var seen = looked is not null;
                if (looked is null)
                {
                    looked = await Submission.ResolveAsync(spec, text, publish: true, preflight: true, _gone.Token);
                    _looked = text == _text ? looked : null;
                }

                if (seen || looked.Warnings.Count == 0)
                {
                    var definition = seen
                        ? (await Submission.SubmitAsync(spec, text, preflight: false, _gone.Token)).Definition
                        : (await Submission.SubmitAsync(looked.Definition, _gone.Token)).Definition;
                    Navigation.NavigateTo($"/sweeps/{definition.Id}");
                }
            }
        );

    private async Task WithAsync(string name, Func<SweepSpec, Task> action)
    {
        if (_file.Spec is not { } spec)
        {
            return;
        }

        (_busy, _trouble) = (name, null);
        try
        {
            await Rights.RequireChangeAsync(Reader);
            await action(spec);
        }
        catch (UserErrorException error)
        {
            _trouble = error.Message;
        }
        finally
        {
            _busy = null;
        }
    }
}
