using System.Collections.Immutable;
using System.Text;
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

/// <summary>
/// Turns a request body into a message to the actors: reads the CNI variables, lays the daemon's configuration over the
/// request's (wire-and-daemon.md §3.4, §5).
/// </summary>
internal sealed class CniRequestMapping(DaemonConfiguration daemon, ILogger log)
{
    private const string Verb = "CNI_COMMAND";

    private readonly string _ownPath = Environment.GetEnvironmentVariable("CNI_PATH") ?? "";
    private int _saidOtherCniDir;

    /// <summary>
    /// The command of this body: ADD, DEL, CHECK, STATUS or GC; or the reply to one that needs no work, the DEL of a
    /// delegate.
    /// </summary>
    /// <param name="json">A <see cref="CniRequestBody"/>.</param>
    /// <param name="abandoned">Signals that the client has gone.</param>
    /// <exception cref="CniException">The body, a variable or the configuration is wrong: names which.</exception>
    /// <exception cref="WrongRequestException">Of a DEL: a variable is wrong.</exception>
    public object Map(ReadOnlyMemory<byte> json, CancellationToken abandoned)
    {
        var body = Parse(json);
        var verb = body.Variable(Verb);
        if (string.IsNullOrEmpty(verb))
            throw new CniException(CniErrorCode.InvalidEnvironment, "unexpected or missing CNI_COMMAND");

        if (!CniCommands.TryParse(verb, out var command))
            throw new CniException(CniErrorCode.InvalidEnvironment, $"unknown cmd type: {verb}");
        if (body.Variable(Delegation.MarkerVariable) is { } marker)
            return Delegation.Refusal(command, marker) is { } refusal
                ? throw new CniException(refusal)
                : new SandboxProtocol.Reply.Done();

        return command switch
        {
            CniCommand.Add => new SandboxProtocol.Attach(
                RequestOf(body, ConfigurationOf(body), json.ToArray()),
                abandoned
            ),
            CniCommand.Del => new SandboxProtocol.Detach(
                MapDelete(RequireSubject(body), json.ToArray()),
                StoredAs: null
            ),
            CniCommand.Check => new SandboxProtocol.Check(RequestOf(body, ConfigurationOf(body), default)),
            CniCommand.Status => StatusOf(body),
            CniCommand.Gc => GarbageOf(body, abandoned),
            _ => throw new CniException(
                CniErrorCode.InvalidEnvironment,
                $"unknown cmd type: {verb}: the daemon does ADD, DEL, CHECK, STATUS and GC"
            ),
        };
    }

    /// <summary>
    /// The command of a body for <c>/delegate</c>: ADD, DEL or CHECK of one interface, or STATUS of its network.
    /// </summary>
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
        if (
            known is not null
            && body.Variable(Delegation.MarkerVariable) is { } marker
            && Delegation.Refusal(command, marker) is { } refusal
        )
            throw new CniException(refusal); // it would wait for the sandbox that waits for it
        return known switch
        {
            CniCommand.Add => new SandboxProtocol.HotPlug(DelegateRequestOf(body), InterfaceOf(body), abandoned),
            CniCommand.Del => new SandboxProtocol.HotUnplug(DelegateRequestOf(body), NetworkOf(body)),
            CniCommand.Check => new SandboxProtocol.CheckOne(DelegateRequestOf(body), NetworkOf(body)),
            CniCommand.Status => NetworkStatusOf(body),
            _ => throw new CniException(
                CniErrorCode.InvalidEnvironment,
                $"unknown cmd type: {verb}: /delegate does ADD, DEL, CHECK and STATUS"
            ),
        };
    }

    /// <summary>Whether a body is a request for this; false also for what is no request at all.</summary>
    public static bool IsOf(CniCommand command, ReadOnlyMemory<byte> json)
    {
        try
        {
            return CniRequestBody.Parse(json).Variable(Verb) == command.ToWire();
        }
        catch (WireFormatException)
        {
            return false; // said by whoever maps it
        }
    }

    /// <summary>Reads a stored DEL.</summary>
    /// <exception cref="CniException">It is none, or does not say of what: that does not get better by
    /// waiting.</exception>
    public static CniRequestBody ParseDelete(ReadOnlyMemory<byte> json)
    {
        var body = Parse(json);
        if (body.Variable(Verb) != CniCommand.Del.ToWire())
            throw new CniException(
                CniErrorCode.InvalidEnvironment,
                $"a stored request must be a DEL; this one is {body.Variable(Verb)}"
            );

        _ = SubjectOf(body);
        return body;
    }

    /// <summary>
    /// The request in a DEL, stored or not. The networks of its configuration do not matter: the record has those that
    /// were attached.
    /// </summary>
    /// <param name="body">The parsed body.</param>
    /// <param name="json">The same as it came.</param>
    /// <exception cref="CniException">The configuration, its own or the daemon's, is not JSON, or says wrongly where
    /// the records are.</exception>
    public SandboxProtocol.SandboxRequest MapDelete(CniRequestBody body, ReadOnlyMemory<byte> json) =>
        RequestOf(body, WarnAboutCniDir(MultusConfiguration.ParseForDelete(body.Config, daemon.Json)), json);

    /// <summary>
    /// The DEL of what a request is about: the same in all but the verb. One that the daemon thought of itself gets
    /// what a DEL needs.
    /// </summary>
    /// <exception cref="CniException">It has a body which is not that of a request.</exception>
    public static CniRequestBody ToDelete(SandboxProtocol.SandboxRequest request)
    {
        if (request.Body.IsEmpty)
            return OwnDelete(request);

        var body = Parse(request.Body);
        var env = body.Env.ToBuilder();
        for (var i = 0; i < env.Count; i++)
        {
            if (env[i].Key == Verb)
                env[i] = new(Verb, CniCommand.Del.ToWire());
        }

        return body with
        {
            Env = env.ToImmutable(),
        };
    }

    private static CniRequestBody OwnDelete(SandboxProtocol.SandboxRequest request)
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

    private static CniRequestBody Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return CniRequestBody.Parse(json);
        }
        catch (WireFormatException e)
        {
            throw new CniException(
                new CniError(CniErrorCode.Decode, $"the request body cannot be read: {e.Message}"),
                e
            );
        }
    }

    private SandboxProtocol.SandboxRequest DelegateRequestOf(CniRequestBody body)
    {
        var request = RequestOf(body, MultusConfiguration.ParseSettings(daemon.Json), default);
        return request.Pod.IsPod
            ? request
            : throw new CniException(
                CniErrorCode.InvalidEnvironment,
                "CNI_ARGS lack K8S_POD_NAMESPACE or K8S_POD_NAME: /delegate is about the interfaces of pods"
            );
    }

    private static CniRequestBody RequireSubject(CniRequestBody body)
    {
        try
        {
            _ = SubjectOf(body);
            return body;
        }
        catch (CniException e)
        {
            throw new WrongRequestException(e);
        }
    }

    private SandboxProtocol.SandboxRequest RequestOf(
        CniRequestBody body,
        MultusConfiguration configuration,
        ReadOnlyMemory<byte> json
    )
    {
        var netNs = body.Variable("CNI_NETNS");
        var (sandbox, ifName, pod) = SubjectOf(body);
        return new SandboxProtocol.SandboxRequest(
            RequestId.Next(),
            sandbox,
            string.IsNullOrEmpty(netNs) ? null : netNs,
            ifName,
            pod,
            configuration,
            PluginPath(configuration, body)
        )
        {
            Body = json,
            ClusterArgs = PodIdentity.Beside(CniArgs.Parse(body.Variable("CNI_ARGS"))),
            MayBeOwnNamespace =
                body.Variable("CNI_NETNS_OVERRIDE") is { } word
                && (word == "1" || word.Equals("true", StringComparison.OrdinalIgnoreCase)),
        };
    }

    private static (SandboxId Sandbox, InterfaceName IfName, PodIdentity Pod) SubjectOf(CniRequestBody body)
    {
        foreach (var (name, value) in body.Env)
        {
            if (name.StartsWith("CNI_", StringComparison.Ordinal) && value.Contains('\0', StringComparison.Ordinal))
                throw new CniException(
                    CniErrorCode.InvalidEnvironment,
                    $"{name} holds a zero byte, which no variable can have"
                );
        }

        var args = CniArgs.Parse(body.Variable("CNI_ARGS"));
        return (
            SandboxId.Parse(Required(body, "CNI_CONTAINERID")),
            InterfaceName.Parse(body.Variable("CNI_IFNAME") ?? "eth0"),
            body.Variable(Verb) == CniCommand.Del.ToWire() ? PodIdentity.OfDelete(args) : PodIdentity.FromCniArgs(args)
        );
    }

    private SandboxProtocol.GetStatus StatusOf(CniRequestBody body)
    {
        var configuration = ConfigurationOf(body);
        return new SandboxProtocol.GetStatus(RequestId.Next(), configuration, PluginPath(configuration, body))
        {
            Text = Encoding.UTF8.GetString(body.Config.Span),
        };
    }

    private SandboxProtocol.GetNetworkStatus NetworkStatusOf(CniRequestBody body)
    {
        var configuration = MultusConfiguration.ParseSettings(daemon.Json);
        return new SandboxProtocol.GetNetworkStatus(
            RequestId.Next(),
            configuration,
            NetworkOf(body).WithDefaultVersion(configuration.Version),
            PluginPath(configuration, body)
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

    // Without a list, or with one that cannot be read, everything on the node would be garbage: that is nobody's wish
    // (docs/decisions/0013-garbage-collection.md).
    private SandboxProtocol.CollectGarbage GarbageOf(CniRequestBody body, CancellationToken abandoned)
    {
        var valid =
            ValidAttachment.ReadList(body.Config)
            ?? throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                "GC needs cni.dev/valid-attachments, the runtime's list of what is in use; it is missing, nothing "
                    + "was freed"
            );
        var configuration = ConfigurationOf(body);
        return new SandboxProtocol.CollectGarbage(
            RequestId.Next(),
            configuration,
            PluginPath(configuration, body),
            valid,
            abandoned
        );
    }

    private MultusConfiguration ConfigurationOf(CniRequestBody body) =>
        WarnAboutCniDir(MultusConfiguration.Parse(body.Config, daemon.Json));

    private MultusConfiguration WarnAboutCniDir(MultusConfiguration configuration)
    {
        if (
            Path.TrimEndingDirectorySeparator(configuration.CniDir) != Path.TrimEndingDirectorySeparator(daemon.CniDir)
            && Interlocked.Exchange(ref _saidOtherCniDir, 1) == 0
        )
            HostLog.OtherCniDir(log, configuration.CniDir, daemon.CniDir);
        return configuration;
    }

    // binDir first, then where the runtime looks, then where the daemon was told to look. A relative entry would depend
    // on whose folder it is.
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
}
