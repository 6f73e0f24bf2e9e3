using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Node.Artifacts;

/// <summary>The addresses of artifacts, for the serving and the asking side.</summary>
public static class ArtifactRoutes
{
    /// <summary>The route template.</summary>
    public const string Template = "/api/v1/artifacts/{hash}";

    /// <summary>
    /// Query key of requests that concern the node itself alone: it does not ask the other control nodes for a file, nor pass one
    /// on to them, so that two nodes cannot ask each other for ever.
    /// </summary>
    public const string OwnOnly = "own";

    /// <summary>The address of an artifact on a control node.</summary>
    public static Uri Of(Uri control, ContentHash hash, bool ownOnly = false) =>
        new(control, $"/api/v1/artifacts/{hash.Hex}{(ownOnly ? $"?{OwnOnly}=true" : "")}");
}
