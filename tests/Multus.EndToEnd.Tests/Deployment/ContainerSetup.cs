using System.Text;
using YamlDotNet.RepresentationModel;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>
/// What kubelet and a runtime do to start a container of the DaemonSet's pod, as a shell script: the image's file
/// system, the volumes with their types, propagation and rights, the environment, the command.
/// </summary>
internal static class ContainerSetup
{
    public const string Image = "/var/lib/images/multus";
    public const string Volumes = "/var/lib/kubelet/pods/multus";
    public const string ServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

    private const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <param name="pod">The spec of the pod that the container is of.</param>
    /// <param name="root">Folder of the node that becomes the container's root; it is empty.</param>
    /// <param name="environment">What kubelet adds to the manifest's environment.</param>
    /// <param name="node">The node's name, for fields that ask for it.</param>
    public static string Script(
        YamlMappingNode pod,
        YamlMappingNode container,
        string root,
        IReadOnlyDictionary<string, string> environment,
        string node
    )
    {
        var script = new StringBuilder(
            $"""
            root={root}
            mkdir -p $root
            cp -a {Image}/. $root
            mount --bind $root $root
            for folder in sys dev; do mount --rbind /$folder $root/$folder; done
            mount -t proc proc $root/proc

            """
        );
        foreach (var mount in MountsOf(pod, container).OrderBy(mount => mount.Target.Count(c => c == '/')))
            mount.Append(script);
        if (IsReadOnly(container))
            script.Append("mount -o remount,bind,ro $root\n");
        var variables = EnvironmentOf(container, node)
            .Concat(environment)
            .Select(variable => $"{variable.Key}={variable.Value}");
        string[] command =
        [
            "env",
            "-i",
            $"PATH={SearchPath}",
            "HOME=/root",
            .. variables,
            "/usr/sbin/chroot",
            root,
            .. container.Texts("command"),
            .. container.Has("args") ? container.Texts("args") : [],
        ];
        var main = string.Join(' ', command.Select(LogText));
        // As the pod's pause container the shell then is the first process, and waits for whoever has lost its parent.
        return script.Append(IsOneProcessSpace(pod) ? $"{main} &\nwait $!\n" : $"exec {main}\n").ToString();
    }

    /// <summary>
    /// Whether the containers of the pod see each other's processes, and have the pause container's as their first.
    /// </summary>
    private static bool IsOneProcessSpace(YamlMappingNode pod) =>
        pod.Has("shareProcessNamespace") && pod.Text("shareProcessNamespace") == "true";

    private static bool IsReadOnly(YamlMappingNode container) =>
        container.Map("securityContext") is var security
        && security.Has("readOnlyRootFilesystem")
        && security.Text("readOnlyRootFilesystem") == "true";

    private static IEnumerable<VolumeMount> MountsOf(YamlMappingNode pod, YamlMappingNode container)
    {
        var volumes = pod.Maps("volumes").ToDictionary(volume => volume.Text("name"));
        foreach (var mount in container.Maps("volumeMounts"))
        {
            var volume = volumes[mount.Text("name")];
            var host = volume.Has("hostPath") ? volume.Map("hostPath") : null;
            yield return new VolumeMount(
                host?.Text("path") ?? $"{Volumes}/{mount.Text("name")}",
                mount.Text("mountPath"),
                host is not null && host.Has("type") ? host.Text("type") : "",
                mount.Has("mountPropagation") ? mount.Text("mountPropagation") : "None",
                mount.Has("readOnly") && mount.Text("readOnly") == "true"
            );
        }

        yield return new VolumeMount($"{Volumes}/serviceaccount", ServiceAccount, "", "None", IsReadOnly: true);
    }

    private static IEnumerable<KeyValuePair<string, string>> EnvironmentOf(YamlMappingNode container, string node) =>
        !container.Has("env")
            ? []
            : container
                .Maps("env")
                .Select(variable => new KeyValuePair<string, string>(
                    variable.Text("name"),
                    variable.Has("value") ? variable.Text("value")
                        : variable.Map("valueFrom").Map("fieldRef").Text("fieldPath") == "spec.nodeName" ? node
                        : throw new InvalidOperationException($"what is {variable}?")
                ));

    private static string LogText(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private sealed record VolumeMount(string Source, string Target, string Type, string Propagation, bool IsReadOnly)
    {
        private string Flag =>
            Propagation switch
            {
                "None" => "--make-rprivate",
                "HostToContainer" => "--make-rslave",
                "Bidirectional" => "--make-rshared",
                _ => throw new InvalidOperationException($"no such mountPropagation: {Propagation}"),
            };

        public void Append(StringBuilder script)
        {
            script.Append(
                Type switch
                {
                    "Directory" => $"test -d {Source}\n",
                    "DirectoryOrCreate" => $"mkdir -p {Source}\n",
                    "FileOrCreate" => $"[ -e {Source} ] || : >{Source}\n",
                    "" => $"[ -e {Source} ] || mkdir -p {Source}\n", // the runtime's doing: kubelet does not look
                    _ => throw new InvalidOperationException($"no such type of a hostPath here: {Type}"),
                }
            );
            script.Append(
                Type == "FileOrCreate"
                    ? $"mkdir -p $root{Path.GetDirectoryName(Target)}\n: >$root{Target}\n"
                    : $"mkdir -p $root{Target}\n"
            );
            script.Append($"mount --rbind {Source} $root{Target}\nmount {Flag} $root{Target}\n");
            if (IsReadOnly)
                script.Append($"mount -o remount,bind,ro $root{Target}\n");
        }
    }
}
