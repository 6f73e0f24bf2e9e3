using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.AccuracyLoss;

/// <summary>Rows under named columns: null, text, whole numbers, doubles or flags.</summary>
public sealed record LossTable(string Name, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows);

/// <summary>The numbers of a loss report as tables, for CSV and JSON.</summary>
public static class LossTables
{
    /// <summary>The columns that name a cell.</summary>
    private static readonly string[] Key = ["dataset", "model", "noise", "train_sigma", "sigma"];

    /// <summary>All tables: decomposition, cells, classes, draws, lost, ceilings, missing.</summary>
    public static IReadOnlyList<LossTable> Of(LossReport report) =>
        [
            Decomposition(report),
            Cells(report),
            Classes(report),
            Draws(report),
            Lost(report),
            new LossTable(
                "ceilings",
                ["dataset", "sigma", "vote", "ceiling", "lost_images", "conflicts", "truncated"],
                [
                    .. report.Ceilings.Select(c =>
                        (object?[])
                            [
                                c.Dataset,
                                c.Sigma,
                                c.Vote,
                                c.Bound.Ceiling,
                                c.Bound.Lost,
                                c.Bound.Conflicts,
                                c.Bound.IsTruncated,
                            ]
                    ),
                ]
            ),
            new LossTable(
                "missing",
                ["part", "remedy"],
                [.. report.Missing.Select(m => (object?[])[m.Part, m.Remedy])]
            ),
        ];

    /// <summary>A table as CSV text.</summary>
    public static string Csv(LossTable table)
    {
        var lines = table
            .Rows.Select(row => string.Join(',', row.Select(value => TableData.Quote(Text(value)))))
            .Prepend(string.Join(',', table.Columns));
        return string.Join('\n', lines) + "\n";
    }

    private static LossTable Decomposition(LossReport report) =>
        new(
            "decomposition",
            [
                .. Key,
                "images",
                "clean_correct",
                "noise_trained_correct",
                "smoothed_correct",
                "smoothed_abstained",
                "loss",
                "training",
                "wrong",
                "abstained",
                "smoothing",
                "smoothed_not_estimated",
            ],
            [
                .. report.Groups.SelectMany(g =>
                    g.Steps.Select(s =>
                        (object?[])
                            [
                                .. KeyOf(g, s.Smoothed),
                                s.Parts.Images,
                                s.Parts.CleanCorrect,
                                s.Parts.NoiseTrainedCorrect,
                                s.Parts.SmoothedCorrect,
                                s.Parts.SmoothedAbstained,
                                s.Parts.Total,
                                s.Parts.Training,
                                s.Parts.Wrong,
                                s.Parts.Abstained,
                                s.Parts.Smoothing,
                                s.Parts.SmoothedNotEstimated,
                            ]
                    )
                ),
            ]
        );

    private static LossTable Cells(LossReport report) =>
        new(
            "cells",
            [
                .. Key,
                "images",
                "accuracy",
                "abstained",
                "plurality_accuracy",
                "noisy_accuracy",
                "sandwich_low",
                "sandwich_high",
                "sandwich_holds",
                "class_range",
                "class_deviation",
                "worst_class",
                "vanished_classes",
                "not_estimated",
            ],
            [
                .. report.Groups.SelectMany(g =>
                    g.Cells.Select(c =>
                        (object?[])
                            [
                                .. KeyOf(g, c),
                                c.Images,
                                c.Accuracy,
                                c.Abstained / (double)c.Images,
                                c.PluralityCorrect / (double)c.Images,
                                c.Sandwich?.NoisyAccuracy,
                                c.Sandwich?.Lower,
                                c.Sandwich?.Upper,
                                c.SandwichHolds,
                                c.Answers.Range,
                                c.Answers.StandardDeviation,
                                ClassName(g, c.Answers.WorstClass),
                                string.Join(' ', c.Vanished().Select(v => ClassName(g, v))),
                                c.NotEstimated / (double)c.Images,
                            ]
                    )
                ),
            ]
        );

    private static LossTable Classes(LossReport report) =>
        new(
            "classes",
            [.. Key, "label", "class", "images", "correct", "accuracy", "region", "plurality_region"],
            [
                .. report.Groups.SelectMany(g =>
                    g.Cells.SelectMany(c =>
                        c.Answers.Classes.Select(
                            (tally, label) =>
                                (object?[])
                                    [
                                        .. KeyOf(g, c),
                                        label,
                                        ClassName(g, label),
                                        tally.Images,
                                        tally.Correct,
                                        double.IsNaN(tally.Accuracy) ? null : tally.Accuracy,
                                        c.NotEstimated > 0 ? null : tally.Region,
                                        c.Plurality.Classes[label].Region,
                                    ]
                        )
                    )
                ),
            ]
        );

    private static LossTable Draws(LossReport report) =>
        new(
            "draws",
            [.. Key, "n", "correct", "abstained", "wrong"],
            [
                .. report.Groups.SelectMany(g =>
                    g.Cells.SelectMany(c =>
                        c.ByDraws.Select(d => (object?[])[.. KeyOf(g, c), d.Draws, d.Correct, d.Abstained, d.Wrong])
                    )
                ),
            ]
        );

    private static LossTable Lost(LossReport report) =>
        new(
            "lost",
            [
                "dataset",
                "model",
                "noise",
                "sigma",
                "image",
                "label",
                "before",
                "after",
                "rival",
                "vote_for_label",
                "not_estimated",
            ],
            [
                .. report.Groups.SelectMany(g =>
                    g.LostImages()
                        .Select(l =>
                            (object?[])
                                [
                                    g.Dataset.Name,
                                    g.Model,
                                    g.Noise,
                                    l.Sigma,
                                    l.ImageIndex,
                                    ClassName(g, l.Label),
                                    ClassName(g, l.Before),
                                    l.After < 0 ? null : ClassName(g, l.After),
                                    l.Rival < 0 ? null : ClassName(g, l.Rival),
                                    l.VoteForLabel,
                                    l.NotEstimated,
                                ]
                        )
                ),
            ]
        );

    internal static string ClassName(LossGroup group, int label) =>
        label >= 0 && label < group.Dataset.Classes ? group.Dataset.ClassNames[label] : TableLayout.Number(label);

    private static object?[] KeyOf(LossGroup group, LossCell cell) =>
        [group.Dataset.Name, group.Model, group.Noise, cell.TrainSigma, cell.Sigma];

    private static string Text(object? value) =>
        value switch
        {
            null => "",
            bool flag => flag ? "yes" : "no",
            double number => TableLayout.Number(number),
            IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
}
