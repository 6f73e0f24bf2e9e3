using System.CommandLine;
using System.Text.Json;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Cli.Run;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Api;
using RandomizedSmoothing.Node.Submission;

namespace RandomizedSmoothing.Cli.Cluster;

/// <summary><c>rsmooth submit FILE</c>: gives a sweep to a cluster.</summary>
public static class SubmitCommand
{
    /// <summary>Builds the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string>("file") { Description = "The sweep file, the same that 'rsmooth run' takes." };
        var set = new Option<string[]>("--set")
        {
            Description = "Overrides a value of the file, as certify.n=1000; repeatable.",
            HelpName = "KEY=VALUE",
            AllowMultipleArgumentsPerToken = false,
        };
        var watch = new Option<bool>("--watch") { Description = "Follow it to its end; Ctrl-C leaves it running." };
        var blind = PreflightText.Flag();
        var output = OutputOption.Create();
        return ClusterCommand.Create(
            terminal,
            "submit",
            "Give a sweep to a cluster. Files that it names and that lie on this machine are uploaded.",
            [file, set, watch, blind, output],
            async (client, parsed, cancellation) =>
            {
                var path = terminal.Resolve(parsed.GetRequiredValue(file));
                var look = !parsed.GetValue(blind);
                var view = await SendAsync(client, path, parsed.GetValue(set) ?? [], look, terminal, cancellation);
                foreach (var choice in view.Measured ?? [])
                {
                    await terminal.Error.WriteLineAsync($"measured: {choice}");
                }

                new RowTable("id", "name", "new", "cells", "images", "draws")
                    .Add(view.Id, view.Name, view.New, view.Cells, view.Images, view.DrawsPlanned)
                    .Write(terminal.Out, parsed.GetValue(output));
                return parsed.GetValue(watch)
                    ? await WatchCommand.FollowAsync(client, view.Id, terminal, cancellation)
                    : ExitCodes.Done;
            }
        );
    }

    private static async Task<SubmissionView> SendAsync(
        ApiClient client,
        string path,
        IReadOnlyList<string> overrides,
        bool preflight,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        var text = await ReadAsync(path, cancellation);
        var file = SweepFile.Parse(text, path, overrides, ProductVocabulary.Current);
        var spec = file.Require();
        foreach (var warning in file.Warnings)
        {
            await terminal.Error.WriteLineAsync($"warning: {warning.Describe(file.File)}");
        }

        // Logs to compare with need not be there: the node that reports looks for them, under the paths that they have here. A list
        // of JSON is one of YAML.
        var sent = CanBeReadElsewhere(text, overrides)
            ? overrides
            : [.. overrides, $"report.compareWith={JsonSerializer.Serialize(spec.Report.CompareWith)}"];
        if (NamesFilesHere(spec) || !CanBeReadElsewhere(text, sent))
        {
            return await LocalFiles.UploadAsync(client, spec, text, preflight, terminal, cancellation);
        }

        var view = await client.SendAsync<SubmissionView>(
            HttpMethod.Post,
            "/api/v1/sweeps" + Query(sent, preflight),
            () => ApiClient.Text(text, "application/yaml"),
            cancellation
        );
        foreach (var remark in view.Warnings.Where(w => w.Line == 0 && w.Override is null))
        {
            await terminal.Error.WriteLineAsync($"warning: {remark.Rule}");
        }

        return view;
    }

    private static bool NamesFilesHere(SweepSpec spec) =>
        spec.Models.Any(model => model.File is { } file && File.Exists(file))
        || spec.Datasets.Any(dataset => dataset.Path is { } path && Path.Exists(path));

    /// <summary>Whether the text means the same without its folder; one with relative paths does not.</summary>
    private static bool CanBeReadElsewhere(string text, IReadOnlyList<string> overrides) =>
        SweepFile.Parse(text, filePath: null, overrides, ProductVocabulary.Current).IsValid;

    private static string Query(IReadOnlyList<string> overrides, bool preflight) =>
        $"?preflight={(preflight ? "true" : "false")}"
        + string.Concat(overrides.Select(o => $"&set={Uri.EscapeDataString(o)}"));

    private static async Task<string> ReadAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await File.ReadAllTextAsync(path, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The sweep file '{path}' cannot be read: {e.Message}", e);
        }
    }
}
