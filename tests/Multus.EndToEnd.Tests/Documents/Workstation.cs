using Multus.EndToEnd.Tests.Deployment;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;

namespace Multus.EndToEnd.Tests.Documents;

/// <summary>
/// Where the commands of a document are typed: on the node, in a copy of what it needs of the tree, with a kubectl that leads to the test's API server.
/// </summary>
internal sealed class Workstation(Machine machine)
{
    public const string Tree = "/root/multus";

    private const string Folder = "/run/doc";
    private const string Tools = "/opt/doc";
    private const string SearchPath = $"{Tools}:/usr/local/bin:/opt/cni/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    // The test's API server has no OpenAPI, no logs, no exec, and merges no lists: a pod is its network namespace here, ds/multus the daemon's container, and the one pod that it has.
    private const string Kubectl = $$"""
        #!/bin/sh
        kubectl=$(PATH=/usr/local/bin:/usr/bin:/bin command -v kubectl)
        ns=default given=
        if [ "$1" = -n ]; then ns=$2 given="-n $2"; shift 2; fi
        case "$*" in 'get pods -l app.kubernetes.io/name=multus -o name') [ ! -s {{Folder}}/daemon ] || echo pod/multus-0; exit ;; esac
        case $1 in
          exec)
            target=$2
            while [ "$1" != -- ]; do shift; done
            shift
            case $target in ds/multus | pod/multus-0) exec nsenter --target="$(cat {{Folder}}/daemon)" --mount --root --wd --pid --net "$@" ;; esac
            exec ip netns exec "$(cat "{{Folder}}/pods/$ns/$target")" "$@" ;;
          logs) exec cat {{Folder}}/log ;;
          apply)
            shift
            "$kubectl" $given apply --validate=false "$@" 2>{{Folder}}/refused && exit
            grep -q 'merges maps only' {{Folder}}/refused && exec "$kubectl" $given replace --validate=false "$@"
            cat {{Folder}}/refused >&2
            exit 1 ;;
          rollout)
            while [ "$2" = status ] && [ "$(cat {{Folder}}/rolled-out)" != "$("$kubectl" $given get daemonset multus -o jsonpath={.metadata.resourceVersion})" ]; do
              sleep 0.05
            done ;;
        esac
        exec "$kubectl" $given "$@"
        """;

    public void Prepare(string? kubeconfig)
    {
        machine.Run("mkdir", "-p", Tree, $"{Folder}/pods", Tools, "/var/log");
        foreach (
            var file in Directory.EnumerateFiles(
                Path.Combine(DeployedFiles.Root, "deploy"),
                "*",
                SearchOption.AllDirectories
            )
        )
            machine.Copy(file, $"{Tree}/{Path.GetRelativePath(DeployedFiles.Root, file)}");
        machine.Write($"{Tools}/kubectl", Kubectl);
        machine.Run("chmod", "+x", $"{Tools}/kubectl");
        machine.Write($"{Folder}/rolled-out", "");
        if (kubeconfig is not null)
            machine.Write("/root/.kube/config", File.ReadAllText(kubeconfig));
    }

    public void Note(string name, string text) => machine.Write($"{Folder}/{name}", text);

    public void Forget(string name) => File.Delete(machine[$"{Folder}/{name}"]);

    /// <summary>Runs a script as somebody who types it would, up to the first command that fails.</summary>
    public ToolResult Try(string script) =>
        machine.Try(
            "env",
            "-i",
            $"PATH={SearchPath}",
            "HOME=/root",
            "sh",
            "-c",
            $"cd {Tree} && exec sh -e -c \"$0\"",
            script
        );

    /// <summary>Runs a script that must succeed, and returns what it printed.</summary>
    public string Run(string script, string where)
    {
        var ran = Try(script);
        Assert.True(ran.ExitCode == 0, $"{where} ended with {ran.ExitCode}: {ran.Stderr}\n{ran.Stdout}\n{script}");
        return ran.Stdout;
    }
}
