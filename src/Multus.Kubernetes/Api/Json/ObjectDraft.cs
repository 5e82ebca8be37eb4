using System.Collections.Immutable;

namespace Multus.Kubernetes.Api.Json;

/// <summary>
/// What is kept of an object of whichever kind, a metav1.Status among them. One is used for object after object.
/// </summary>
internal sealed class ObjectDraft
{
    private ImmutableDictionary<string, string>.Builder? _annotations;

    public string? Name { get; set; }

    public string? Namespace { get; set; }

    public string? Uid { get; set; }

    public string? ResourceVersion { get; set; }

    /// <summary><c>spec.config</c>.</summary>
    public string? Config { get; set; }

    /// <summary>Of a Status: the HTTP status.</summary>
    public int? Code { get; set; }

    /// <summary>Of a Status.</summary>
    public string? Message { get; set; }

    /// <summary>Of a Status.</summary>
    public int? RetryAfterSeconds { get; set; }

    public ImmutableDictionary<string, string> Annotations =>
        _annotations?.ToImmutable() ?? ImmutableDictionary<string, string>.Empty;

    public void Annotate(string key, string value)
    {
        _annotations ??= ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        _annotations[key] = value;
    }

    public void Clear()
    {
        _annotations = null;
        Name = Namespace = Uid = ResourceVersion = Config = Message = null;
        Code = RetryAfterSeconds = null;
    }
}
