using System.Runtime.InteropServices;
using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Results;

namespace Multus.Wire;

/// <summary>
/// The body of a successful ADD (spec/wire-and-daemon.md §3.2). The other verbs answer with an empty body.
/// </summary>
public static class CniReplyBody
{
    private const string ResultMember = "Result";

    /// <summary>
    /// <c>{"Result":{…}}</c>, always in version 1.1.0: the shim alone knows which version its caller wants.
    /// </summary>
    public static byte[] Added(CniResult r)
    {
        ArgumentNullException.ThrowIfNull(r);
        return CniJson.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName(ResultMember);
            r.ConvertTo(CniVersion.V110).WriteTo(writer);
            writer.WriteEndObject();
        });
    }

    /// <summary>The result in the body of a 200 answer to ADD, in the version that it names itself.</summary>
    /// <exception cref="WireFormatException">The body is empty, is not JSON, or holds no CNI result.</exception>
    public static CniResult ParseAdded(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
            throw new WireFormatException("the answer to ADD is empty: expected {\"Result\":{…}}");

        var root = WireJson.ParseObject(body, "the answer to ADD");
        if (CniJson.Find(root, ResultMember) is not { ValueKind: JsonValueKind.Object } result)
            throw new WireFormatException("the answer to ADD has no object \"Result\"");

        try
        {
            return CniResult.Parse(JsonMarshal.GetRawUtf8Value(result).ToArray(), CniVersion.V110);
        }
        catch (CniException unreadable)
        {
            throw new WireFormatException($"\"Result\" in the answer to ADD: {unreadable.Error.Text}", unreadable);
        }
    }
}
