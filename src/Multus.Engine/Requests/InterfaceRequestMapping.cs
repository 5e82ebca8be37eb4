using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Core.Configuration;
using Multus.Core.Planning;
using Multus.Wire;

namespace Multus.Engine.Requests;

/// <summary>
/// Turns a body for <c>/delegate</c> into a <see cref="CniRequest"/>: ADD, DEL or CHECK of one interface, or STATUS of
/// its network (wire-and-daemon.md §3.5). Any thread.
/// </summary>
public sealed class InterfaceRequestMapping(RequestMapping mapping)
{
    /// <param name="body">Its configuration is the delegate's own.</param>
    /// <param name="abandoned">Signals that the client has gone.</param>
    /// <exception cref="CniException">A variable or the configuration is wrong: names which.</exception>
    public CniRequest Map(CniRequestBody body, CancellationToken abandoned)
    {
        ArgumentNullException.ThrowIfNull(body);
        var verb = body.Variable("CNI_COMMAND");
        if (string.IsNullOrEmpty(verb))
            throw new CniException(CniErrorCode.InvalidEnvironment, "unexpected or missing CNI_COMMAND");

        CniCommand? known = CniCommands.TryParse(verb, out var command) ? command : null;
        if (
            known is not null
            && body.Variable(Delegation.MarkerVariable) is { } marker
            && Delegation.Refusal(command, marker) is { } refusal
        )
            throw new CniException(refusal); // it would wait for the sandbox that waits for it
        return known switch
        {
            CniCommand.Add => new CniRequest.Plug(RequestOf(body), InterfaceOf(body), abandoned),
            CniCommand.Del => new CniRequest.Unplug(RequestOf(body), NetworkOf(body)),
            CniCommand.Check => new CniRequest.CheckInterface(RequestOf(body), NetworkOf(body)),
            CniCommand.Status => StatusOf(body),
            _ => throw new CniException(
                CniErrorCode.InvalidEnvironment,
                $"unknown cmd type: {verb}: /delegate does ADD, DEL, CHECK and STATUS"
            ),
        };
    }

    /// <summary>The stored DEL of one interface.</summary>
    /// <exception cref="CniException">A variable or the configuration is wrong: names which.</exception>
    internal CniRequest.Unplug MapStored(CniRequestBody body, string name) =>
        new(RequestOf(body), NetworkOf(body)) { StoredAs = name };

    private SandboxRequest RequestOf(CniRequestBody body)
    {
        var request = mapping.RequestOf(body, mapping.Overlay.Settings);
        return request.Pod.IsPod
            ? request
            : throw new CniException(
                CniErrorCode.InvalidEnvironment,
                "CNI_ARGS lack K8S_POD_NAMESPACE or K8S_POD_NAME: /delegate is about the interfaces of pods"
            );
    }

    private CniRequest.GetNetworkStatus StatusOf(CniRequestBody body)
    {
        var configuration = mapping.Overlay.Settings;
        return new CniRequest.GetNetworkStatus(
            RequestId.Next(),
            configuration,
            NetworkOf(body).WithDefaultVersion(configuration.Version),
            mapping.PluginPath(configuration, body)
        );
    }

    private static InterfaceRequest InterfaceOf(CniRequestBody body) =>
        InterfaceRequest.Of(
            NetworkOf(body),
            body.InterfaceAttributes?.Ips ?? [],
            body.InterfaceAttributes?.Mac,
            body.InterfaceAttributes?.CniArgs
        );

    private static NetworkConfiguration NetworkOf(CniRequestBody body)
    {
        try
        {
            return NetworkConfiguration.Parse(body.Config);
        }
        catch (CniException e)
        {
            throw new CniException(e.Error.Prefixed("the delegate's configuration in \"config\": "), e);
        }
    }
}
