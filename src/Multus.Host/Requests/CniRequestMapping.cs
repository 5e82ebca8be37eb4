using System.Collections.Immutable;
using Multus.Actors.Sandboxes;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Configuration;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Host.Configuration;
using Multus.Wire;

namespace Multus.Host.Requests;

/// <summary>Turns a request body into a message to the actors: reads the CNI variables, lays the daemon's configuration over the request's (wire-and-daemon.md §3.4, §5).</summary>
internal sealed class CniRequestMapping(DaemonConfiguration daemon, ILogger log)
{
    private static long _lastId;

    private readonly string _ownPath = Environment.GetEnvironmentVariable("CNI_PATH") ?? "";
    private int _saidOtherCniDir;

    /// <summary>The command of this body: ADD, DEL, CHECK, STATUS or GC.</summary>
    /// <param name="json">A <see cref="CniRequestBody"/>.</param>
    /// <param name="abandoned">Signals that the client has gone.</param>
    /// <exception cref="CniException">The body, a variable or the configuration is wrong: names which.</exception>
    public object Map(ReadOnlyMemory<byte> json, CancellationToken abandoned)
    {
        var body = Parse(json);
        var verb = body.Variable("CNI_COMMAND");
        if (string.IsNullOrEmpty(verb))
            throw new CniException(CniErrorCode.InvalidEnvironment, "unexpected or missing CNI_COMMAND");

        return CniCommands.TryParse(verb, out var command)
            ? command switch
            {
                CniCommand.Add => new SandboxProtocol.Attach(RequestOf(body), abandoned),
                CniCommand.Del => new SandboxProtocol.Detach(RequestOf(body), StoredAs: null),
                CniCommand.Check => new SandboxProtocol.Check(RequestOf(body)),
                CniCommand.Status => StatusOf(body),
                CniCommand.Gc => GarbageOf(body, abandoned),
                _ => throw new CniException(CniErrorCode.InvalidEnvironment, $"unknown cmd type: {verb}: the daemon does ADD, DEL, CHECK, STATUS and GC"),
            }
            : throw new CniException(CniErrorCode.InvalidEnvironment, $"unknown cmd type: {verb}");
    }

    /// <summary>The command of a body for <c>/delegate</c>: ADD, DEL or CHECK of one interface, or STATUS of its network.</summary>
    /// <param name="json">A <see cref="CniRequestBody"/> whose configuration is the delegate's own.</param>
    /// <param name="abandoned">Signals that the client has gone.</param>
    /// <exception cref="CniException">The body, a variable or the configuration is wrong: names which.</exception>
    public object MapDelegate(ReadOnlyMemory<byte> json, CancellationToken abandoned)
    {
        var body = Parse(json);
        var verb = body.Variable("CNI_COMMAND");
        if (string.IsNullOrEmpty(verb))
            throw new CniException(CniErrorCode.InvalidEnvironment, "unexpected or missing CNI_COMMAND");

        CniCommand? known = CniCommands.TryParse(verb, out var command) ? command : null;
        return known switch
        {
            CniCommand.Add => new SandboxProtocol.HotPlug(DelegateRequestOf(body), WishOf(body), abandoned),
            CniCommand.Del => new SandboxProtocol.HotUnplug(DelegateRequestOf(body), NetworkOf(body)),
            CniCommand.Check => new SandboxProtocol.CheckOne(DelegateRequestOf(body), NetworkOf(body)),
            CniCommand.Status => NetworkStatusOf(body),
            _ => throw new CniException(CniErrorCode.InvalidEnvironment, $"unknown cmd type: {verb}: /delegate does ADD, DEL, CHECK and STATUS"),
        };
    }

    /// <summary>Reads a stored DEL.</summary>
    /// <exception cref="CniException">It is none, or does not say of what: that does not get better by waiting.</exception>
    public static CniRequestBody ParseDelete(ReadOnlyMemory<byte> json)
    {
        var body = Parse(json);
        if (body.Variable("CNI_COMMAND") != CniCommand.Del.ToWire())
            throw new CniException(CniErrorCode.InvalidEnvironment, $"a stored request must be a DEL; this one is {body.Variable("CNI_COMMAND")}");

        _ = SubjectOf(body);
        return body;
    }

    /// <summary>The request in a stored DEL.</summary>
    /// <exception cref="CniException">The configuration, its own or the daemon's, is wrong: names which.</exception>
    public SandboxProtocol.SandboxRequest MapDelete(CniRequestBody body) => RequestOf(body);

    private static CniRequestBody Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return CniRequestBody.Parse(json);
        }
        catch (WireFormatException e)
        {
            throw new CniException(new CniError(CniErrorCode.Decode, $"the request body cannot be read: {e.Message}"), e);
        }
    }

    private SandboxProtocol.SandboxRequest RequestOf(CniRequestBody body) => RequestOf(body, ConfigurationOf(body));

    private SandboxProtocol.SandboxRequest DelegateRequestOf(CniRequestBody body)
    {
        var request = RequestOf(body, MultusConfiguration.ParseSettings(daemon.Json));
        return request.Pod.IsPod ? request
            : throw new CniException(CniErrorCode.InvalidEnvironment, "CNI_ARGS lack K8S_POD_NAMESPACE or K8S_POD_NAME: /delegate is about the interfaces of pods");
    }

    private SandboxProtocol.SandboxRequest RequestOf(CniRequestBody body, MultusConfiguration configuration)
    {
        var netNs = body.Variable("CNI_NETNS");
        var (sandbox, ifName, pod) = SubjectOf(body);
        return new SandboxProtocol.SandboxRequest(
            NextId(), sandbox, string.IsNullOrEmpty(netNs) ? null : netNs, ifName, pod, configuration, PluginPath(configuration, body));
    }

    private static (SandboxId Sandbox, InterfaceName IfName, PodIdentity Pod) SubjectOf(CniRequestBody body) => (
        SandboxId.Parse(Required(body, "CNI_CONTAINERID")),
        InterfaceName.Parse(body.Variable("CNI_IFNAME") ?? "eth0"),
        PodIdentity.FromCniArgs(CniArgs.Parse(body.Variable("CNI_ARGS"))));

    private SandboxProtocol.GetStatus StatusOf(CniRequestBody body)
    {
        var configuration = ConfigurationOf(body);
        return new SandboxProtocol.GetStatus(NextId(), configuration, PluginPath(configuration, body));
    }

    private SandboxProtocol.GetNetworkStatus NetworkStatusOf(CniRequestBody body)
    {
        var configuration = MultusConfiguration.ParseSettings(daemon.Json);
        return new SandboxProtocol.GetNetworkStatus(
            NextId(), configuration, NetworkOf(body).WithDefaultVersion(configuration.Version), PluginPath(configuration, body));
    }

    private static HotPlugWish WishOf(CniRequestBody body) => HotPlugWish.Of(
        NetworkOf(body), body.InterfaceAttributes?.Ips ?? [], body.InterfaceAttributes?.Mac, body.InterfaceAttributes?.CniArgs);

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

    // Without a list, or with one that cannot be read, everything on the node would be garbage: that is nobody's wish (docs/decisions/0013-garbage-collection.md).
    private SandboxProtocol.CollectGarbage GarbageOf(CniRequestBody body, CancellationToken abandoned)
    {
        var valid = ValidAttachment.ReadList(body.Config) ?? throw new CniException(
            CniErrorCode.InvalidNetworkConfig, "GC needs cni.dev/valid-attachments, the runtime's list of what is in use; it is missing, nothing was freed");
        var configuration = ConfigurationOf(body);
        return new SandboxProtocol.CollectGarbage(NextId(), configuration, PluginPath(configuration, body), valid, abandoned);
    }

    private MultusConfiguration ConfigurationOf(CniRequestBody body)
    {
        var configuration = MultusConfiguration.Parse(body.Config, daemon.Json);
        if (Path.TrimEndingDirectorySeparator(configuration.CniDir) != Path.TrimEndingDirectorySeparator(daemon.CniDir)
            && Interlocked.Exchange(ref _saidOtherCniDir, 1) == 0)
            HostLog.OtherCniDir(log, configuration.CniDir, daemon.CniDir);
        return configuration;
    }

    // binDir first, then where the runtime looks, then where the daemon was told to look. A relative entry would depend on whose folder it is.
    private ImmutableArray<string> PluginPath(MultusConfiguration configuration, CniRequestBody body) =>
    [
        .. new[] { configuration.BinDir }
            .Concat((body.Variable("CNI_PATH") ?? "").Split(':'))
            .Concat(_ownPath.Split(':'))
            .Where(folder => folder.StartsWith('/'))
            .Distinct(),
    ];

    private static string Required(CniRequestBody body, string variable) =>
        body.Variable(variable) ?? throw new CniException(CniErrorCode.InvalidEnvironment, $"missing {variable}");

    // Short, and unique as long as logs are compared within one node and one day.
    private static string NextId() => $"{Environment.ProcessId:x}-{Interlocked.Increment(ref _lastId):x}";
}
