using FsCheck;
using FsCheck.Fluent;
using Multus.Cni;
using Multus.Core.Configuration;
using Multus.Core.Pods;
using Multus.TestSupport;

namespace Multus.Core.Tests.Properties;

/// <summary>
/// Whatever stands in the Multus configuration or in CNI_ARGS is an error of the kinds that the readers say, or is
/// taken.
/// </summary>
public sealed class ConfigurationProperties
{
    private const string Good = """
        {"cniVersion":"1.0.0","name":"n","type":"multus-shim","clusterNetwork":"/x","binDir":"/b","cniDir":"/c","confDir":"/d","namespaceIsolation":true,"globalNamespaces":"a, b",
        "systemNamespaces":["kube-system"],"defaultNetworks":["x"],"multusNamespace":"m","readinessindicatorfile":"/r","attachMode":"parallel","runtimeConfig":{"mac":"m"},"delegates":[{"type":"t"}]}
        """;

    private static readonly string[] Keys =
    [
        "cniVersion",
        "name",
        "type",
        "clusterNetwork",
        "delegates",
        "binDir",
        "cniDir",
        "confDir",
        "namespaceIsolation",
        "globalNamespaces",
        "systemNamespaces",
        "defaultNetworks",
        "multusNamespace",
        "readinessindicatorfile",
        "attachMode",
        "runtimeConfig",
        "prevResult",
        "auxiliaryCNIChainName",
        "plugins",
    ];

    [Fact]
    public void Any_request_under_any_daemon_configuration_is_refused_or_read() =>
        PropertyRule.Holds(
            from request in Documents()
            from daemon in Gen.OneOf(Gen.Constant(Array.Empty<byte>()), Documents())
            select (request, daemon),
            pair => IsRefusedOrWhole(pair.request, pair.daemon),
            4_000
        );

    [Fact]
    public void Any_damage_to_a_good_configuration_is_refused_or_read() =>
        PropertyRule.Holds(HostileJson.Damaged(Good), bytes => IsRefusedOrWhole(bytes, []), 3_000);

    [Fact]
    public void Any_arguments_are_refused_or_name_a_pod_or_none() =>
        PropertyRule.Holds(
            from keys in Gen.Elements(
                    "IgnoreUnknown",
                    "IP",
                    "K8S_POD_NAME",
                    "K8S_POD_NAMESPACE",
                    "K8S_POD_UID",
                    "K8S_POD_INFRA_CONTAINER_ID",
                    "FOO"
                )
                .ArrayOf()
            from values in Gen.Elements("", "1", "true", "FALSE", "10.0.0.1", "fd00::1%x", "a=b", "\u0130")
                .ArrayOf(keys.Length)
            select CniArgs.Format(keys.Zip(values, KeyValuePair.Create)),
            args =>
            {
                try
                {
                    var pod = PodIdentity.FromCniArgs(CniArgs.Parse(args));
                    return PodIdentity.FromCniArgs(pod.DelegateArgs()) == pod;
                }
                catch (CniException e)
                {
                    return e.Error.Code == CniErrorCode.InvalidEnvironment;
                }
            },
            3_000
        );

    private static Gen<byte[]> Documents() =>
        Gen.OneOf(
            HostileJson.Document(Keys),
            HostileJson.DocumentWith(
                [
                    "\"clusterNetwork\":\"/x\"",
                    "\"delegates\":[{\"type\":\"t\"}]",
                    "\"delegates\":[{\"name\":\"n\",\"plugins\":[{\"type\":\"t\"}]}]",
                ],
                Keys
            )
        );

    private static bool IsRefusedOrWhole(byte[] request, byte[] daemon)
    {
        try
        {
            var c = MultusConfiguration.Parse(request, daemon);
            return c.ClusterNetwork.Length > 0 == c.Delegates.IsEmpty
                && c.BinDir.Length > 0
                && c.CniDir.Length > 0
                && c.ConfDir.Length > 0
                && !c.SystemNamespaces.IsEmpty;
        }
        catch (CniException e)
        {
            return e.Error.Code is CniErrorCode.Decode or CniErrorCode.InvalidNetworkConfig
                && !e.Error.Text.Contains('\n', StringComparison.Ordinal);
        }
    }
}
