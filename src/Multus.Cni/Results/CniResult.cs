using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni.Json;

namespace Multus.Cni.Results;

/// <summary>
/// What a plugin says it made, in the schema of one version of the specification (cni-runtime.md §8). One type for all
/// schemas: what a version cannot say is left out when it is written in that version, and lost when it is converted to
/// it.
/// </summary>
/// <param name="Version">The version in whose schema the result speaks.</param>
/// <param name="Interfaces">In the plugin's order, which <see cref="CniIp.Interface"/> points into. None below
/// 0.3.0.</param>
/// <param name="Ips">In the plugin's order; below 0.3.0 the IPv4 one comes first.</param>
/// <param name="Routes">In the plugin's order; below 0.3.0 those of IPv4 come first.</param>
/// <param name="Dns">Never null: <see cref="CniDns.None"/> when the plugin says nothing.</param>
public sealed record CniResult(
    CniVersion Version,
    ImmutableArray<CniInterface> Interfaces,
    ImmutableArray<CniIp> Ips,
    ImmutableArray<CniRoute> Routes,
    CniDns Dns
)
{
    public bool IsEmpty =>
        Interfaces.IsDefaultOrEmpty && Ips.IsDefaultOrEmpty && Routes.IsDefaultOrEmpty && Dns.IsEmpty;

    public static CniResult Empty(CniVersion v) => new(v, [], [], [], CniDns.None);

    /// <summary>Reads a plugin's output or a cached result.</summary>
    /// <param name="json">An object, or <c>null</c> for an empty one.</param>
    /// <param name="fallback">The version of a result that names none: that of the configuration (§8.1).</param>
    /// <exception cref="CniException">Code 6: no JSON, a member of a wrong type, no address where one must be, or an
    /// unknown version.</exception>
    public static CniResult Parse(ReadOnlyMemory<byte> json, CniVersion fallback)
    {
        try
        {
            return ResultReader.Read(CniJson.Parse(json), fallback);
        }
        catch (JsonException e)
        {
            throw new CniException(
                new CniError(CniErrorCode.Decode, $"failed to unmarshal raw result: {LogText.OneLine(e.Message)}"),
                e
            );
        }
    }

    /// <summary>The same result in another version; §8.3 lists what gets lost on the way.</summary>
    /// <exception cref="CniException">Code 1: no way from one version to the other, or nothing of it can be said in the
    /// target version.</exception>
    public CniResult ConvertTo(CniVersion target) => ResultConversion.Convert(this, target);

    /// <summary>The document in the schema of <see cref="Version"/>, without a newline at the end.</summary>
    public byte[] ToJson(bool indented = false) => CniJson.Write(WriteTo, indented);

    /// <summary>Writes the object in the schema of <see cref="Version"/>.</summary>
    public void WriteTo(Utf8JsonWriter w)
    {
        ArgumentNullException.ThrowIfNull(w);
        ResultWriter.Write(w, this);
    }
}
