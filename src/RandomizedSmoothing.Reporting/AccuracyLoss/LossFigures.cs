using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.AccuracyLoss;

/// <summary>The figures of a loss report, for paper and slides.</summary>
public static class LossFigures
{
    private const string SigmaLabel = "σ (pixels in [0, 1])";
    private const int MostPanels = 24;

    /// <summary>Name and figure of all that the sweep has cells for.</summary>
    public static IReadOnlyList<(string Name, LossFigure Figure)> Of(LossReport report)
    {
        var figures = new List<(string, LossFigure)>();
        Add(figures, "decomposition", report, Decomposition);
        Add(figures, "accuracy", report, group => Accuracy(report, group));
        Add(figures, "grid", report, Grid);
        Add(figures, "draws", report, Draws);
        return figures;
    }

    /// <summary>Loss per sigma, piled up from its parts; null where the sweep lacks them.</summary>
    public static LossPanel? Decomposition(LossGroup group)
    {
        var steps = group.Steps.Where(s => group.Matched.Contains(s.Smoothed)).ToList();
        if (steps.Count == 0)
        {
            return null;
        }

        double[] places = [.. steps.Select((_, i) => (double)i)];
        LossSeries Part(string name, Func<Core.AccuracyLoss.LossDecomposition, double> value) =>
            new(name, places, [.. steps.Select(s => 100 * value(s.Parts))]) { Shape = LineShape.Stacked };
        return new LossPanel(
            group.IsTrained ? "σ of training and smoothing" : SigmaLabel,
            "accuracy lost (points)",
            steps.TrueForAll(s => s.Parts.IsSplit)
                ?
                [
                    Part("training with noise", p => p.Training),
                    Part("smoothing: wrong", p => p.Wrong ?? 0),
                    Part("smoothing: abstained", p => p.Abstained ?? 0),
                ]
                : [Part("training with noise", p => p.Training), Part("smoothing", p => p.Smoothing)]
        )
        {
            Places = [.. steps.Select(s => TableLayout.Number(s.Smoothed.Sigma))],
        };
    }

    /// <summary>Accuracies against sigma, with what the data alone allows.</summary>
    public static LossPanel? Accuracy(LossReport report, LossGroup group)
    {
        var matched = group.Matched.OrderBy(c => c.Sigma).ToList();
        var clean = group.CleanTrained.OrderBy(c => c.Sigma).ToList();
        if (matched.Count + clean.Count < 2)
        {
            return null;
        }

        LossSeries Line(string name, IEnumerable<LossCell> cells, Func<LossCell, double> value) =>
            new(name, [.. cells.Select(c => c.Sigma)], [.. cells.Select(value)]);
        var alone = matched.Select(c => group.Find(c.TrainSigma, 0)).OfType<LossCell>().ToList();
        var series = new List<LossSeries>
        {
            Line(group.IsTrained ? "smoothed, noise-trained" : "smoothed", matched, c => c.Accuracy),
        };
        if (clean.Count > 0)
        {
            series.Add(Line("smoothed, clean-trained", clean, c => c.Accuracy));
        }

        if (group.IsTrained && alone.Count > 1)
        {
            series.Add(
                new LossSeries(
                    "noise-trained, not smoothed",
                    [.. alone.Select(c => c.TrainSigma!.Value)],
                    [.. alone.Select(c => c.Accuracy)]
                )
                {
                    Shape = LineShape.Dashed,
                }
            );
        }

        var ceilings = report
            .Ceilings.Where(c => c.Dataset == group.Dataset.Name && group.Noise == "gaussian")
            .ToList();
        if (ceilings.Count > 0)
        {
            var vote = TableLayout.Number(LossCeiling.ReportedVote);
            series.Add(
                Line($"label has ≥ {vote} of the votes", matched, c => c.ShareWithVote(LossCeiling.ReportedVote))
            );
            series.Add(
                new LossSeries(
                    $"≥ {vote}: data-only ceiling",
                    [.. ceilings.Select(c => c.Sigma)],
                    [.. ceilings.Select(c => c.Bound.Ceiling)]
                )
                {
                    Shape = LineShape.Dashed,
                }
            );
        }

        return new LossPanel(SigmaLabel, "share of images", series) { Top = 1 };
    }

    /// <summary>Smoothed accuracy in percent, training sigma upward, test sigma to the right.</summary>
    public static LossPanel? Grid(LossGroup group)
    {
        var rows = group.Cells.Select(c => c.TrainSigma).Distinct().Order().ToList();
        var columns = group.Cells.Select(c => c.Sigma).Distinct().Order().ToList();
        return rows.Count < 2 || columns.Count < 2
            ? null
            : new LossPanel("σ of smoothing (0: none)", "σ of training", [])
            {
                Places = [.. columns.Select(TableLayout.Number)],
                Rows = [.. rows.Select(r => r is { } sigma ? TableLayout.Number(sigma) : "imported")],
                Cells =
                [
                    .. group.Cells.Select(c => (columns.IndexOf(c.Sigma), rows.IndexOf(c.TrainSigma), c.Accuracy)),
                ],
            };
    }

    /// <summary>Expected accuracy and abstention against the number of draws.</summary>
    public static LossPanel? Draws(LossGroup group)
    {
        var cells = group.Matched.Where(c => c.ByDraws.Count > 1).OrderBy(c => c.Sigma).ToList();
        LossSeries Line(LossCell cell) =>
            new(
                $"σ = {TableLayout.Number(cell.Sigma)}",
                [.. cell.ByDraws.Select(d => Math.Log10(d.Draws))],
                [.. cell.ByDraws.Select(d => d.Correct)]
            );
        return cells.Count == 0
            ? null
            : new LossPanel("draws n", "smoothed accuracy", [.. cells.Select(Line)]) { Top = 1, IsLogarithmic = true };
    }

    private static void Add(
        List<(string, LossFigure)> figures,
        string name,
        LossReport report,
        Func<LossGroup, LossPanel?> panel
    )
    {
        var panels = report
            .Groups.Select(group => panel(group) is { } made ? made with { Title = TitleOf(report, group) } : null)
            .OfType<LossPanel>()
            .Take(MostPanels)
            .ToList();
        if (panels.Count > 0)
        {
            figures.Add((name, new LossFigure(Aligned(panels))));
        }
    }

    // Piled bars side by side are compared by their height.
    private static List<LossPanel> Aligned(List<LossPanel> panels)
    {
        var piled = panels.Where(p => p.Series.Any(s => s.Shape == LineShape.Stacked)).ToList();
        if (piled.Count == 0)
        {
            return panels;
        }

        var ranges = piled.Select(p => StackedBars.Range(p.Series)).ToList();
        return
        [
            .. panels.Select(p =>
                p with
                {
                    Bottom = Math.Min(0, ranges.Min(r => r.Low)),
                    Top = Math.Max(1e-9, ranges.Max(r => r.High)),
                }
            ),
        ];
    }

    /// <summary>A group's name, as short as the sweep allows; empty for the only one.</summary>
    public static string TitleOf(LossReport report, LossGroup group)
    {
        var parts = new List<string>();
        void Say(Func<LossGroup, string> name)
        {
            if (report.Groups.Select(name).Distinct().Skip(1).Any())
            {
                parts.Add(name(group));
            }
        }

        Say(g => g.Dataset.Name);
        Say(g => g.Model);
        Say(g => g.Noise);
        return string.Join(" · ", parts);
    }
}
