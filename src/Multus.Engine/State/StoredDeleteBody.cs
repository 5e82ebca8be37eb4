using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Engine.Requests;
using Multus.Wire;

namespace Multus.Engine.State;

/// <summary>What a stored DEL says: the body of a request, as the shim would have stored it.</summary>
internal static class StoredDeleteBody
{
    private const string Verb = "CNI_COMMAND";

    /// <summary>Reads a stored DEL.</summary>
    /// <exception cref="CniException">It is none, or does not say of what: that does not get better by
    /// waiting.</exception>
    public static CniRequestBody Parse(ReadOnlyMemory<byte> json)
    {
        var body = RequestMapping.Parse(json);
        if (body.Variable(Verb) != CniCommand.Del.ToWire())
        {
            throw new CniException(
                CniErrorCode.InvalidEnvironment,
                $"a stored request must be a DEL; this one is {body.Variable(Verb)}"
            );
        }

        _ = RequestMapping.SubjectOf(body);
        return body;
    }

    /// <summary>The DEL of what a request is about: the same in all but the verb.</summary>
    /// <param name="request">The request.</param>
    /// <param name="network">Of one interface of a running pod: its network.</param>
    public static CniRequestBody Of(SandboxRequest request, NetworkConfiguration? network)
    {
        var body = request.Origin is { } origin ? AsDelete(origin) : Own(request);
        return network is null
            ? body with
            {
                InterfaceAttributes = null,
            }
            : body with
            {
                Config = network.Bytes,
                InterfaceAttributes = new InterfaceAttributes([], null, null),
            };
    }

    private static CniRequestBody AsDelete(CniRequestBody origin)
    {
        var env = origin.Env.ToBuilder();
        for (var i = 0; i < env.Count; i++)
        {
            if (env[i].Key == Verb)
                env[i] = new(Verb, CniCommand.Del.ToWire());
        }

        return origin with
        {
            Env = env.ToImmutable(),
        };
    }

    private static CniRequestBody Own(SandboxRequest request)
    {
        var pod = request.Pod;
        var args = pod.IsPod
            ? $"IgnoreUnknown=1;K8S_POD_NAMESPACE={pod.Namespace};K8S_POD_NAME={pod.Name};"
                + $"K8S_POD_INFRA_CONTAINER_ID={pod.InfraContainerId};K8S_POD_UID={pod.Uid}"
            : "";
        var config = CniJson.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("binDir", request.Configuration.BinDir);
            writer.WriteString("cniDir", request.Configuration.CniDir);
            writer.WriteEndObject();
        });
        return new CniRequestBody(
            [
                new("CNI_ARGS", args),
                new(Verb, CniCommand.Del.ToWire()),
                new("CNI_CONTAINERID", request.Sandbox.Value),
                new("CNI_IFNAME", request.IfName.Value),
                new("CNI_NETNS", request.NetNs ?? ""),
                new("CNI_PATH", string.Join(':', request.PluginPath)),
            ],
            config
        );
    }
}
