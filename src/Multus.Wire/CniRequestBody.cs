using System.Collections.Immutable;

namespace Multus.Wire;

/// <summary>
/// The body of <c>POST /cni</c> and <c>POST /delegate</c>, and the content of a pending DEL (spec/wire-and-daemon.md
/// §3.1).
/// </summary>
/// <param name="Env">The caller's environment. Parsed bodies hold each name once.</param>
/// <param name="Config">The bytes of the CNI configuration, as the runtime wrote them; may be empty.</param>
/// <param name="InterfaceAttributes">Only for <c>/delegate</c>.</param>
public sealed record CniRequestBody(
    ImmutableArray<KeyValuePair<string, string>> Env,
    ReadOnlyMemory<byte> Config,
    InterfaceAttributes? InterfaceAttributes = null
)
{
    /// <summary>The body as upstream's shim writes it: members in this order, what is empty left out.</summary>
    public byte[] ToJson() => CniRequestWriter.Write(this);

    /// <exception cref="WireFormatException">Names the member that is not as it should be. Unknown members are
    /// ignored.</exception>
    public static CniRequestBody Parse(ReadOnlyMemory<byte> json)
    {
        if (json.Length > WireLimits.MaxRequestBytes)
            throw new WireFormatException(
                $"the request is {json.Length} bytes long: at most {WireLimits.MaxRequestBytes} are taken"
            );

        return CniRequestReader.Read(WireJson.ParseObject(json, "the request"));
    }

    /// <summary>
    /// The value of an environment variable, or null when it was not sent. An empty value is not the same as none
    /// (§3.4).
    /// </summary>
    public string? Variable(string name)
    {
        for (var i = Env.Length - 1; i >= 0; i--)
        {
            if (string.Equals(Env[i].Key, name, StringComparison.Ordinal))
                return Env[i].Value;
        }

        return null;
    }
}
