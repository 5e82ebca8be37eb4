using System.Text.Json;
using Multus.Cni;
using Multus.Core.Json;

namespace Multus.Core.Configuration;

/// <summary>
/// A request's configuration with the daemon's laid over it: a top-level key that the daemon file has replaces the
/// request's, whole and without regard to case, also when its value is <c>null</c> (wire-and-daemon.md §5).
/// </summary>
internal sealed class OverlaidObject
{
    private const string RequestName = "the CNI configuration of the request";
    private const string DaemonName = "the daemon's configuration";

    private readonly JsonElement _request;
    private readonly JsonElement? _daemon;

    private OverlaidObject(JsonElement request, JsonElement? daemon)
    {
        _request = request;
        _daemon = daemon;
    }

    /// <exception cref="CniException">Code 6: one of them is not JSON. Code 7: one of them is not an
    /// object.</exception>
    public static OverlaidObject Parse(ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> daemon) =>
        new(ParseObject(request, RequestName), daemon.IsEmpty ? null : ParseObject(daemon, DaemonName));

    /// <summary>Typed access to the key, from wherever it counts.</summary>
    public JsonMembers For(string key) =>
        _daemon is { } daemon && CniJson.TryGetIgnoringCase(daemon, key, out _)
            ? new JsonMembers(daemon, DaemonName, CniErrorCode.InvalidNetworkConfig)
            : new JsonMembers(_request, RequestName, CniErrorCode.InvalidNetworkConfig);

    public string? Text(string key) => For(key).Text(key);

    public bool Flag(string key) => For(key).Flag(key);

    private static JsonElement ParseObject(ReadOnlyMemory<byte> json, string name)
    {
        JsonElement root;
        try
        {
            root = JsonText.Parse(json);
        }
        catch (JsonException bad)
        {
            throw new CniException(
                new CniError(
                    CniErrorCode.Decode,
                    $"failed to load {name}: it is not JSON",
                    JsonFault.Describe(json.Span, bad)
                ),
                bad
            );
        }

        return root.ValueKind == JsonValueKind.Object
            ? root
            : throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                $"failed to load {name}: it is {JsonText.KindOf(root)}, must be an object"
            );
    }
}
