using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Submission;

namespace RandomizedSmoothing.Node.Api;

/// <summary>Submitting sweeps.</summary>
internal static class SubmissionEndpoints
{
    private const long MostFileBytes = 1 << 20;
    private const long MostDefinitionBytes = 256 << 20;

    public static void MapSubmission(this IEndpointRouteBuilder routes)
    {
        routes
            .MapPost("/api/v1/sweeps", SubmitFileAsync)
            .AddOpenApiOperationTransformer(
                (operation, _, _) => Describe(operation, "A sweep file.", "application/yaml", "application/json")
            )
            .WithName("submitSweep")
            .WithSummary("Submit a sweep file, as YAML or JSON. Paths in it are those of the control node.")
            .WithDescription(
                "Each 'set' overrides a value, as set=certify.n=1000. Imported models are looked at for a few seconds unless preflight=false. "
                    + "The same sweep again is a no-op that answers 200."
            )
            .WithTags("sweeps")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithMetadata(new RequestSizeLimitAttribute(MostFileBytes));
        routes
            .MapPost("/api/v1/definitions", SubmitDefinitionAsync)
            .AddOpenApiOperationTransformer(
                (operation, _, _) => Describe(operation, "A resolved sweep.", "application/json")
            )
            .WithName("submitDefinition")
            .WithSummary("Submit a sweep whose files were found, hashed and uploaded by the client.")
            .WithTags("sweeps")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithMetadata(new RequestSizeLimitAttribute(MostDefinitionBytes));
    }

    private static async Task<Results<Created<SubmissionView>, Ok<SubmissionView>, ProblemHttpResult>> SubmitFileAsync(
        HttpRequest request,
        [FromQuery] string[]? set,
        [FromQuery] bool? preflight,
        SweepSubmission submission,
        CancellationToken cancellation
    )
    {
        var text = await ReadTextAsync(request, cancellation);
        var file = SweepFile.Parse(text, filePath: null, set ?? [], ProductVocabulary.Current);
        if (!file.IsValid)
        {
            return ApiProblems.Invalid(file);
        }

        try
        {
            var (definition, isNew, warnings) = await submission.SubmitAsync(
                file.Spec,
                text,
                preflight ?? true,
                cancellation
            );
            return Answer(
                definition,
                isNew,
                [.. file.Warnings.Select(ProblemView.From), .. warnings.Select(ProblemView.Note)]
            );
        }
        catch (UserErrorException e) when (e.ExitCode == 2)
        {
            return Unresolvable(e.Message);
        }
    }

    private static async Task<
        Results<Created<SubmissionView>, Ok<SubmissionView>, ProblemHttpResult>
    > SubmitDefinitionAsync(HttpRequest request, SweepSubmission submission, CancellationToken cancellation)
    {
        try
        {
            var resolved = SweepDefinitionJson.Read(await ReadTextAsync(request, cancellation));
            if (ReceivedDefinition.Problem(resolved) is { } problem)
            {
                return ApiProblems.Bad(problem);
            }

            if (await submission.MissingAsync(resolved, cancellation) is { Count: > 0 } missing)
            {
                return Unresolvable(
                    $"The sweep names files that no control node has: {string.Join(", ", missing)}. Upload them first: PUT /api/v1/artifacts/DIGEST."
                );
            }

            var (definition, isNew) = await submission.SubmitAsync(resolved, cancellation);
            return Answer(definition, isNew, []);
        }
        catch (UserErrorException e) when (e.ExitCode == 2)
        {
            return Unresolvable(e.Message);
        }
    }

    private static Results<Created<SubmissionView>, Ok<SubmissionView>, ProblemHttpResult> Answer(
        SweepDefinition definition,
        bool isNew,
        IReadOnlyList<ProblemView> warnings
    )
    {
        var images = definition.Cells.Sum(cell => (long)definition.DatasetOf(cell).Count);
        var draws = definition.Cells.Sum(cell =>
        {
            var (selection, estimation) = CellStoppingRule.DrawsPerImage(definition, cell);
            return definition.DatasetOf(cell).Count * (selection + estimation);
        });
        var view = new SubmissionView(
            definition.Id.Value,
            definition.Name,
            isNew,
            definition.Cells.Count,
            images,
            draws,
            warnings,
            isNew ? [.. definition.BatchChoices.Select(BatchTuning.Describe)] : []
        );
        return isNew ? TypedResults.Created($"/api/v1/sweeps/{definition.Id}", view) : TypedResults.Ok(view);
    }

    private static ProblemHttpResult Unresolvable(string detail) =>
        TypedResults.Problem(
            detail,
            statusCode: StatusCodes.Status422UnprocessableEntity,
            title: "The sweep cannot run here"
        );

    /// <summary>Whatever the declared type, the body is read as text: clients that declare a wrong one mean no harm.</summary>
    private static Task Describe(OpenApiOperation operation, string description, params string[] mediaTypes)
    {
        operation.RequestBody = new OpenApiRequestBody
        {
            Description = description,
            Required = true,
            Content = mediaTypes.ToDictionary(
                type => type,
                _ => new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } }
            ),
        };
        return Task.CompletedTask;
    }

    private static async Task<string> ReadTextAsync(HttpRequest request, CancellationToken cancellation)
    {
        using var reader = new StreamReader(request.Body, new UTF8Encoding(false, throwOnInvalidBytes: false));
        return await reader.ReadToEndAsync(cancellation);
    }
}
