namespace Multus.Kubernetes.Api.Transport;

/// <summary>One request to the API server, with the words that RBAC has for it.</summary>
/// <param name="Verb">get, list, watch, create, update, patch.</param>
/// <param name="Resource">As in a Role: "pods", "pods/status".</param>
/// <param name="Path">From "/api", with the query.</param>
internal sealed record ApiRequest(string Verb, string Resource, string Path)
{
    public const string Json = "application/json";

    /// <summary>
    /// Objects without spec and status, from the servers that can (all since Kubernetes 1.15): a tenth of the bytes and
    /// of their work.
    /// </summary>
    public const string MetadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

    /// <summary>The same of a list.</summary>
    public const string MetadataListOnly =
        "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

    /// <summary><c>null</c>: of all namespaces.</summary>
    public string? Namespace { get; init; }

    public string? Name { get; init; }

    public string Accept { get; init; } = Json;

    /// <summary>
    /// One of the library's models, a <see cref="k8s.Models.V1Patch"/> or a <see cref="Api.Json.RawJson"/>; it decides
    /// the content's type.
    /// </summary>
    public object? Body { get; init; }

    /// <summary>
    /// How long an answer that has begun may go on; <c>null</c>: it must have ended within the usual time of a request.
    /// </summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>True when it may be sent again although the server may have done it already.</summary>
    public bool IsRepeatable { get; init; } = true;

    /// <summary>False when the sender waits itself, when told that the server is busy.</summary>
    public bool MayWait { get; init; } = true;

    /// <summary>A watch: takes no slot, because it lasts.</summary>
    public bool IsWatch => Verb == "watch";

    public HttpMethod Method =>
        Verb switch
        {
            "patch" => HttpMethod.Patch,
            "update" => HttpMethod.Put,
            "create" => HttpMethod.Post,
            _ => HttpMethod.Get,
        };

    /// <summary>For messages: "get pods default/web".</summary>
    public override string ToString() =>
        (Namespace, Name) switch
        {
            (null, _) => $"{Verb} {Resource}",
            (_, null) => $"{Verb} {Resource} in {Namespace}",
            _ => $"{Verb} {Resource} {Namespace}/{Name}",
        };
}
