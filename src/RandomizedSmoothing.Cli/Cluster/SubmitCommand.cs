using System.CommandLine;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Api;

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
        var output = OutputOption.Create();
        return ClusterCommand.Create(
            terminal,
            "submit",
            "Give a sweep to a cluster. Files that it names and that lie on this machine are uploaded.",
            [file, set, watch, output],
            async (client, parsed, cancellation) =>
            {
                var path = terminal.Resolve(parsed.GetRequiredValue(file));
                var view = await SendAsync(client, path, parsed.GetValue(set) ?? [], terminal, cancellation);
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
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        var text = await ReadAsync(path, cancellation);
        var file = SweepFile.Parse(text, path, overrides);
        var spec = file.Require();
        foreach (var warning in file.Warnings)
        {
            await terminal.Error.WriteLineAsync($"warning: {warning.Describe(file.File)}");
        }

        return NamesFilesHere(spec)
            ? await LocalFiles.UploadAsync(client, spec, text, terminal, cancellation)
            : await client.SendAsync<SubmissionView>(
                HttpMethod.Post,
                "/api/v1/sweeps" + Query(overrides),
                () => ApiClient.Text(text, "application/yaml"),
                cancellation
            );
    }

    private static bool NamesFilesHere(SweepSpec spec) =>
        spec.Models.Any(model => model.File is { } file && File.Exists(file))
        || spec.Datasets.Any(dataset => dataset.Path is { } path && Path.Exists(path));

    private static string Query(IReadOnlyList<string> overrides) =>
        overrides.Count == 0 ? "" : "?" + string.Join('&', overrides.Select(o => $"set={Uri.EscapeDataString(o)}"));

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
