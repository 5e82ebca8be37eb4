using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Networks;

namespace Multus.Core.Pods;

/// <summary>
/// The pod as the runtime names it in <c>CNI_ARGS</c>. Every part may be empty: outside Kubernetes there is no pod.
/// </summary>
/// <param name="Uid">Empty when the runtime does not say; then no UID is compared.</param>
public sealed record PodIdentity(string Namespace, string Name, string InfraContainerId, string Uid)
{
    private const string IgnoreUnknownKey = "IgnoreUnknown";
    private const string IpKey = "IP";
    private const string MacKey = "MAC";
    private const string NamespaceKey = "K8S_POD_NAMESPACE";
    private const string NameKey = "K8S_POD_NAME";
    private const string InfraContainerKey = "K8S_POD_INFRA_CONTAINER_ID";
    private const string UidKey = "K8S_POD_UID";

    /// <summary>No pod at all.</summary>
    public static PodIdentity None { get; } = new("", "", "", "");

    public PodKey Key => new(Namespace, Name);

    /// <summary>True when the runtime named a pod: namespace and name are both there.</summary>
    public bool IsPod => Namespace.Length > 0 && Name.Length > 0;

    /// <summary>
    /// False when the UID is of the form that API servers give: such a pod was there before its sandbox. Kubelet gives
    /// a static pod a hash, and the API server learns of it by its mirror, which may be late or never come.
    /// </summary>
    public static bool MayBeStatic(string uid) => !Guid.TryParseExact(uid, "D", out _);

    /// <summary>
    /// Reads the arguments by the typed rules of cni-runtime.md §14: an unknown key needs <c>IgnoreUnknown</c>, a
    /// repeated key counts with its last value. Missing namespace or name gives an identity that is no pod.
    /// </summary>
    /// <exception cref="CniException">Code 4: an unknown argument that nothing allows, or a known one whose value does
    /// not parse or could not be passed on.</exception>
    public static PodIdentity FromCniArgs(ImmutableArray<KeyValuePair<string, string>> args)
    {
        CniArgs.RequirePassable(args);
        var identity = None;
        var ignoreUnknown = false;
        var unknown = new List<string>();
        foreach (var (key, value) in args)
        {
            switch (key)
            {
                case IgnoreUnknownKey:
                    ignoreUnknown = ParseFlag(value);
                    break;
                case IpKey:
                    RequireAddress(value);
                    break;
                case NamespaceKey:
                    identity = identity with { Namespace = value };
                    break;
                case NameKey:
                    identity = identity with { Name = value };
                    break;
                case InfraContainerKey:
                    identity = identity with { InfraContainerId = value };
                    break;
                case UidKey:
                    identity = identity with { Uid = value };
                    break;
                default:
                    unknown.Add($"\"{key}={value}\"");
                    break;
            }
        }

        if (unknown.Count > 0 && !ignoreUnknown)
        {
            throw new CniException(
                CniErrorCode.InvalidEnvironment,
                $"CNI_ARGS: unknown args [{string.Join(' ', unknown)}]",
                $"add {IgnoreUnknownKey}=1 to CNI_ARGS to have them ignored"
            );
        }

        return identity;
    }

    /// <summary>
    /// The same for a DEL, to which nothing matters but who the pod was: what else is there may be unknown, or wrong.
    /// </summary>
    /// <exception cref="CniException">Code 4: an argument that could not be passed on to a plugin.</exception>
    public static PodIdentity OfDelete(ImmutableArray<KeyValuePair<string, string>> args)
    {
        var identifying = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>(args.Length);
        foreach (var arg in args)
        {
            if (arg.Key is NamespaceKey or NameKey or InfraContainerKey or UidKey)
                identifying.Add(arg);
        }

        return FromCniArgs(identifying.ToImmutable());
    }

    /// <summary>
    /// The pairs that are not about the pod, in their order; they are the cluster network's, whose plugins would get
    /// them from the runtime if Multus were not in between. A MAC is in lower case.
    /// </summary>
    public static ImmutableArray<KeyValuePair<string, string>> Beside(ImmutableArray<KeyValuePair<string, string>> args)
    {
        var beside = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (var pair in args)
        {
            if (pair.Key is not (IgnoreUnknownKey or NamespaceKey or NameKey or InfraContainerKey or UidKey))
                beside.Add(pair.Key == MacKey ? new(MacKey, HardwareAddressText.Normal(pair.Value)) : pair);
        }

        return beside.ToImmutable();
    }

    /// <summary>
    /// The pairs that every delegate gets, in upstream's order; the keys are always there, values may be empty
    /// (attach.md §7.2).
    /// </summary>
    public ImmutableArray<KeyValuePair<string, string>> DelegateArgs() =>
        [
            new(IgnoreUnknownKey, "true"),
            new(NamespaceKey, Namespace),
            new(NameKey, Name),
            new(InfraContainerKey, InfraContainerId),
            new(UidKey, Uid),
        ];

    /// <summary>"namespace/name/uid", the form in which upstream's error messages and logs name a pod.</summary>
    public override string ToString() => $"{Namespace}/{Name}/{Uid}";

    private static bool ParseFlag(string value) =>
        value.ToUpperInvariant() switch
        {
            "1" or "TRUE" => true,
            "0" or "FALSE" => false,
            _ => throw new CniException(
                CniErrorCode.InvalidEnvironment,
                $"CNI_ARGS: {IgnoreUnknownKey} is \"{value}\", must be 1, 0, true or false"
            ),
        };

    private static void RequireAddress(string value)
    {
        if (!IpText.IsAddress(value))
            throw new CniException(
                CniErrorCode.InvalidEnvironment,
                $"CNI_ARGS: {IpKey} is \"{value}\", must be an IPv4 or IPv6 address"
            );
    }
}
