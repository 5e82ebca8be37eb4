using Multus.TestSupport;

namespace Multus.Cri.Tests.Runtimes;

/// <summary>Everything of one containerd on disk, in one temporary folder, and its configuration.</summary>
internal sealed class ContainerdFolders : IDisposable
{
    private readonly TempFolder _root = new("mcri-"); // short: the path of a unix socket has a limit

    public string Root => _root.Path;

    public string Socket => _root["c.sock"];

    public string Config => _root["config.toml"];

    public string Image => _root["pause.tar"];

    public string Log => _root["log"];

    public string CniConfig => _root["net.d"];

    /// <summary>What host-local keeps: a file for each address in use.</summary>
    public string Ipam => _root["ipam"];

    /// <param name="plugins">Where the runtime finds the CNI plugins.</param>
    /// <param name="networks">The configurations that it finds there, by the names of their files.</param>
    public void Write(string plugins, IReadOnlyDictionary<string, string> networks)
    {
        foreach (var (file, network) in networks)
            _root.File(Path.Combine("net.d", file), network);
        _root.File(
            "config.toml",
            $"""
            version = 2
            root = "{_root["root"]}"
            state = "{_root["state"]}"
            disabled_plugins = ["io.containerd.internal.v1.opt"]

            [grpc]
              address = "{Socket}"

            [ttrpc]
              address = "{Socket}.ttrpc"

            [plugins."io.containerd.grpc.v1.cri"]
              sandbox_image = "{PauseImage.Name}"
              restrict_oom_score_adj = true
              disable_apparmor = true
              netns_mounts_under_state_dir = true
              stream_server_address = "127.0.0.1"
              stream_server_port = "0"

              [plugins."io.containerd.grpc.v1.cri".containerd]
                snapshotter = "native"
                default_runtime_name = "runc"

                [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
                  runtime_type = "io.containerd.runc.v2"

                  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
                    Root = "{_root["runc"]}"
                    SystemdCgroup = false

              [plugins."io.containerd.grpc.v1.cri".cni]
                bin_dir = "{plugins}"
                conf_dir = "{CniConfig}"
                max_conf_num = 1

            """
        );
    }

    public void Dispose() => _root.Dispose();
}
