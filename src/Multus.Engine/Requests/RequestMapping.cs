using System.Collections.Immutable;
using System.Text;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Core.Configuration;
using Multus.Core.Pods;
using Multus.Wire;

namespace Multus.Engine.Requests;

/// <summary>
/// Turns what a runtime asks into a <see cref="CniRequest"/>: reads the CNI variables and lays the node's configuration
/// over the request's (wire-and-daemon.md §3.4, §5). Any thread.
/// </summary>
/// <param name="overlay">The node's configuration.</param>
/// <param name="cniDir">Where the node's stored DELs are looked for; empty: where the request's configuration has
/// them.</param>
/// <param name="log">Says that a request has another folder.</param>
public sealed class RequestMapping(ConfigurationOverlay overlay, string cniDir, ILogger log)
{
    private const string Verb = "CNI_COMMAND";

    private readonly string _ownPath = Environment.GetEnvironmentVariable("CNI_PATH") ?? "";
    private int _saidOtherCniDir;

    internal ConfigurationOverlay Overlay => overlay;

    /// <summary>The request of this body: ADD, DEL, CHECK, STATUS or GC.</summary>
    /// <param name="body">What the runtime asks.</param>
    /// <param name="abandoned">Signals that the client has gone.</param>
    /// <exception cref="CniException">A variable or the configuration is wrong: names which.</exception>
    /// <exception cref="WrongRequestException">Of a DEL: a variable is wrong.</exception>
    public CniRequest Map(CniRequestBody body, CancellationToken abandoned)
    {
        ArgumentNullException.ThrowIfNull(body);
        var command = CommandOf(body);
        if (body.Variable(Delegation.MarkerVariable) is { } marker)
        {
            return Delegation.Refusal(command, marker) is { } refusal
                ? throw new CniException(refusal)
                : new CniRequest.DeleteOfDelegate(RequestId.Next());
        }

        return command switch
        {
            CniCommand.Add => new CniRequest.Attach(RequestOf(body, ConfigurationOf(body)), abandoned),
            CniCommand.Del => new CniRequest.Detach(MapDelete(RequireSubject(body)), StoredAs: null),
            CniCommand.Check => new CniRequest.Check(RequestOf(body, ConfigurationOf(body))),
            CniCommand.Status => StatusOf(body),
            CniCommand.Gc => GarbageOf(body, abandoned),
            _ => throw new CniException(
                CniErrorCode.InvalidEnvironment,
                $"unknown cmd type: {command.ToWire()}: the daemon does ADD, DEL, CHECK, STATUS and GC"
            ),
        };
    }

    /// <summary>Reads a body.</summary>
    /// <exception cref="CniException">Code 6: it is none; names the member.</exception>
    public static CniRequestBody Parse(ReadOnlyMemory<byte> json)
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

    /// <summary>Whether a body has this verb, whatever else is wrong with it.</summary>
    public static bool IsOf(CniCommand command, CniRequestBody body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return body.Variable(Verb) == command.ToWire();
    }

    /// <summary>
    /// The request in a DEL, stored or not. The networks of its configuration do not matter: the record has those that
    /// were attached.
    /// </summary>
    /// <exception cref="CniException">The configuration, its own or the daemon's, is not JSON, or says wrongly where
    /// the records are.</exception>
    public SandboxRequest MapDelete(CniRequestBody body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return RequestOf(body, WarnAboutCniDir(overlay.OverDelete(body.Config)));
    }

    /// <exception cref="CniException">Code 4: the verb is missing, or there is none of that name.</exception>
    internal static CniCommand CommandOf(CniRequestBody body)
    {
        var verb = body.Variable(Verb);
        if (string.IsNullOrEmpty(verb))
            throw new CniException(CniErrorCode.InvalidEnvironment, "unexpected or missing CNI_COMMAND");
        return CniCommands.TryParse(verb, out var command)
            ? command
            : throw new CniException(CniErrorCode.InvalidEnvironment, $"unknown cmd type: {verb}");
    }

    /// <summary>A request about a sandbox.</summary>
    /// <exception cref="CniException">A variable is missing or wrong.</exception>
    internal SandboxRequest RequestOf(CniRequestBody body, MultusConfiguration configuration)
    {
        var netNs = body.Variable("CNI_NETNS");
        var (sandbox, ifName, pod) = SubjectOf(body);
        return new SandboxRequest(
            RequestId.Next(),
            sandbox,
            string.IsNullOrEmpty(netNs) ? null : netNs,
            ifName,
            pod,
            configuration,
            PluginPath(configuration, body)
        )
        {
            Origin = body,
            ClusterArgs = PodIdentity.Beside(CniArgs.Parse(body.Variable("CNI_ARGS"))),
            MayBeOwnNamespace =
                body.Variable("CNI_NETNS_OVERRIDE") is { } word
                && (word == "1" || word.Equals("true", StringComparison.OrdinalIgnoreCase)),
        };
    }

    /// <summary>What a request is about.</summary>
    /// <exception cref="CniException">A variable is missing or wrong.</exception>
    internal static (SandboxId Sandbox, InterfaceName IfName, PodIdentity Pod) SubjectOf(CniRequestBody body)
    {
        foreach (var (name, value) in body.Env)
        {
            if (name.StartsWith("CNI_", StringComparison.Ordinal) && value.Contains('\0', StringComparison.Ordinal))
            {
                throw new CniException(
                    CniErrorCode.InvalidEnvironment,
                    $"{name} holds a zero byte, which no variable can have"
                );
            }
        }

        var args = CniArgs.Parse(body.Variable("CNI_ARGS"));
        return (
            SandboxId.Parse(Required(body, "CNI_CONTAINERID")),
            InterfaceName.Parse(body.Variable("CNI_IFNAME") ?? "eth0"),
            body.Variable(Verb) == CniCommand.Del.ToWire() ? PodIdentity.OfDelete(args) : PodIdentity.FromCniArgs(args)
        );
    }

    // binDir first, then where the runtime looks, then where this process was told to look. A relative entry would
    // depend on whose folder it is.
    internal ImmutableArray<string> PluginPath(MultusConfiguration configuration, CniRequestBody body) =>
        [
            .. new[] { configuration.BinDir }
                .Concat((body.Variable("CNI_PATH") ?? "").Split(':'))
                .Concat(_ownPath.Split(':'))
                .Where(folder => folder.StartsWith('/'))
                .Distinct(),
        ];

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

    private CniRequest.GetStatus StatusOf(CniRequestBody body)
    {
        var configuration = ConfigurationOf(body);
        return new CniRequest.GetStatus(RequestId.Next(), configuration, PluginPath(configuration, body))
        {
            Text = Encoding.UTF8.GetString(body.Config.Span),
        };
    }

    // Without a list, or with one that cannot be read, GC would free everything on the node
    // (docs/decisions/0013-garbage-collection.md).
    private CniRequest.CollectGarbage GarbageOf(CniRequestBody body, CancellationToken abandoned)
    {
        var valid =
            ValidAttachment.ReadList(body.Config)
            ?? throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                "GC needs cni.dev/valid-attachments, the runtime's list of what is in use; it is missing, nothing "
                    + "was freed"
            );
        var configuration = ConfigurationOf(body);
        return new CniRequest.CollectGarbage(
            RequestId.Next(),
            configuration,
            PluginPath(configuration, body),
            valid,
            abandoned
        );
    }

    private MultusConfiguration ConfigurationOf(CniRequestBody body) => WarnAboutCniDir(overlay.Over(body.Config));

    private MultusConfiguration WarnAboutCniDir(MultusConfiguration configuration)
    {
        if (
            cniDir.Length > 0
            && Path.TrimEndingDirectorySeparator(configuration.CniDir) != Path.TrimEndingDirectorySeparator(cniDir)
            && Interlocked.Exchange(ref _saidOtherCniDir, 1) == 0
        )
            SandboxLog.OtherCniDir(log, configuration.CniDir, cniDir);
        return configuration;
    }

    private static string Required(CniRequestBody body, string variable) =>
        body.Variable(variable) ?? throw new CniException(CniErrorCode.InvalidEnvironment, $"missing {variable}");
}
