using System.Text.Json;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Kubernetes.Tests.Folder;

namespace Multus.Kubernetes.Tests.Contract;

public sealed class FolderContractTests : BreakableClusterContract
{
    protected override Task<ClusterWorld> MakeWorldAsync() => Task.FromResult<ClusterWorld>(new FolderWorld());

    /// <summary>One file per object, replaced by renaming.</summary>
    private sealed class FolderWorld : ClusterWorld, IBreakableWorld
    {
        private readonly FolderFixture _folder = new();
        private readonly Dictionary<PodKey, string> _uids = [];

        public override IClusterApi Api => _folder.Cluster;

        public override string Namespace => "here";

        public override string OtherNamespace => "there";

        private string Aside => _folder.ManifestDir + ".aside";

        public override Task<string> PutPodAsync(PodKey key, string networks)
        {
            if (!_uids.TryGetValue(key, out var uid))
                _uids[key] = uid = Guid.NewGuid().ToString();
            Replace(
                FileOf("pod", key.Namespace, key.Name),
                FolderFixture.Pod(key.Name, $"\"{networks}\"", key.Namespace, uid)
            );
            return Task.FromResult(uid);
        }

        public override Task RemovePodAsync(PodKey key)
        {
            _uids.Remove(key);
            File.Delete(FileOf("pod", key.Namespace, key.Name));
            return Task.CompletedTask;
        }

        public override Task PutNetworkAsync(NetworkKey key, string? config)
        {
            // A JSON string is a YAML one, too.
            var spec = config is null ? "" : $"spec:\n  config: \"{JsonEncodedText.Encode(config)}\"\n";
            var metadata = $"metadata: {{name: {key.Name}, namespace: {key.Namespace}}}";
            Replace(
                FileOf("network", key.Namespace, key.Name),
                $"apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\n{metadata}\n{spec}"
            );
            return Task.CompletedTask;
        }

        public override Task RemoveNetworkAsync(NetworkKey key)
        {
            File.Delete(FileOf("network", key.Namespace, key.Name));
            return Task.CompletedTask;
        }

        public override async Task<string?> StatusAsync(PodKey key, string annotation)
        {
            var file = Path.Combine(_folder.StatusDir, $"{key.Namespace}_{key.Name}.json");
            return File.Exists(file) ? await File.ReadAllTextAsync(file) : null;
        }

        public override Task<string?> StatusVersionAsync(PodKey key, string annotation) => StatusAsync(key, annotation);

        /// <summary>A file where the folder was: it can be looked for, and it cannot be read.</summary>
        public Task BreakAsync()
        {
            Directory.Move(_folder.ManifestDir, Aside);
            File.WriteAllText(_folder.ManifestDir, "no folder");
            return Task.CompletedTask;
        }

        public Task MendAsync()
        {
            File.Delete(_folder.ManifestDir);
            Directory.Move(Aside, _folder.ManifestDir);
            return Task.CompletedTask;
        }

        public override ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }

        private string FileOf(string kind, string ns, string name) =>
            Path.Combine(_folder.ManifestDir, $"{kind}-{ns}-{name}.yaml");

        private static void Replace(string path, string content)
        {
            var next = path + ".next"; // not a name that is read
            File.WriteAllText(next, content);
            File.Move(next, path, overwrite: true);
        }
    }
}
