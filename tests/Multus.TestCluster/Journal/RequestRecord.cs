using Multus.TestCluster.Objects;

namespace Multus.TestCluster.Journal;

/// <summary>One request as the server saw it.</summary>
public sealed record RequestRecord
{
    /// <summary>get, list, watch, create, update, patch, delete.</summary>
    public required string Verb { get; init; }

    public required string Path { get; init; }

    /// <summary>As sent, with its question mark; empty when there is none.</summary>
    public required string Query { get; init; }

    /// <summary>Null when the path is none of a resource.</summary>
    public required ResourceType? Resource { get; init; }

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required string Subresource { get; init; }

    public required string UserAgent { get; init; }

    public required string Accept { get; init; }

    public required string ContentType { get; init; }

    /// <summary><c>HTTP/2</c>, <c>HTTP/1.1</c>.</summary>
    public required string Protocol { get; init; }

    public required string ConnectionId { get; init; }

    public required string Body { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Null while it is not known: the request waits, or its connection broke off.</summary>
    public int? Code { get; internal set; }

    /// <summary>Null when the request was refused before that was asked.</summary>
    public string? User { get; internal set; }

    public bool IsWrite => Verb is "create" or "update" or "patch" or "delete";

    public override string ToString() => $"{Verb} {Path}{Query} -> {Code}";
}
