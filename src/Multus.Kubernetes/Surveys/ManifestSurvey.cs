using System.Collections.Immutable;
using System.Text;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Kubernetes.Folder;
using Multus.Linux.Files;

namespace Multus.Kubernetes.Surveys;

/// <summary>
/// What a file of manifests, or a folder of them, holds, and what is wrong with it: for who checks manifests before
/// anybody lives by them. Read once, the files in the order of their names.
/// </summary>
/// <param name="Others">Objects that are neither pods nor networks, or in a version that is not used.</param>
public sealed record ManifestSurvey(
    ImmutableArray<SurveyedPod> Pods,
    ImmutableArray<SurveyedNetwork> Networks,
    ImmutableArray<SurveyedObject> Others,
    ImmutableArray<SurveyFault> Faults
)
{
    /// <param name="path">A file, or a folder of <c>*.yaml</c>, <c>*.yml</c> and <c>*.json</c>.</param>
    /// <exception cref="IOException">The folder cannot be listed, or the path leads nowhere. A file that cannot be
    /// read is a fault.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static ManifestSurvey Read(string path)
    {
        var builder = new SurveyBuilder();
        if (Directory.Exists(path))
        {
            foreach (var file in Directory.EnumerateFiles(path).Where(IsManifest).Order(StringComparer.Ordinal))
                builder.Read(file);
        }
        else if (File.Exists(path))
        {
            builder.Read(path);
        }
        else
        {
            throw new FileNotFoundException($"there is no file and no folder {path}", path);
        }

        return builder.Build();
    }

    private static bool IsManifest(string path) =>
        !Path.GetFileName(path).StartsWith('.') && Path.GetExtension(path) is ".yaml" or ".yml" or ".json";

    private sealed class SurveyBuilder
    {
        private readonly ImmutableArray<SurveyedPod>.Builder _pods = ImmutableArray.CreateBuilder<SurveyedPod>();
        private readonly ImmutableArray<SurveyedNetwork>.Builder _networks =
            ImmutableArray.CreateBuilder<SurveyedNetwork>();
        private readonly ImmutableArray<SurveyedObject>.Builder _others =
            ImmutableArray.CreateBuilder<SurveyedObject>();
        private readonly ImmutableArray<SurveyFault>.Builder _faults = ImmutableArray.CreateBuilder<SurveyFault>();

        public void Read(string file)
        {
            string text;
            try
            {
                text = Encoding.UTF8.GetString(RegularFile.Read(file)).TrimStart('\uFEFF');
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _faults.Add(new SurveyFault(file, 0, $"cannot be read: {e.Message}"));
                return;
            }

            var content = ManifestReader.Read(Path.GetFileName(file), text);
            var places = ConfigPlaces.Of(text);
            foreach (var pod in content.Pods)
                _pods.Add(new SurveyedPod(pod.Value, file, pod.Line));
            foreach (var network in content.Networks)
            {
                var key = network.Value.Key;
                _networks.Add(new SurveyedNetwork(network.Value, file, network.Line, places.Find(key, network.Line)));
            }

            foreach (var skipped in content.Skipped)
                _others.Add(new SurveyedObject(skipped.Kind, file, skipped.Line));
            foreach (var fault in content.Faults)
                _faults.Add(new SurveyFault(file, fault.Line, fault.Reason));
        }

        public ManifestSurvey Build() =>
            new(_pods.ToImmutable(), _networks.ToImmutable(), _others.ToImmutable(), _faults.ToImmutable());
    }
}

/// <summary>A pod and where it is written.</summary>
/// <param name="Line">Where it begins; 0 when that is not known.</param>
public sealed record SurveyedPod(Pod Pod, string File, long Line);

/// <summary>A network and where it is written.</summary>
/// <param name="Line">Where it begins; 0 when that is not known.</param>
/// <param name="Config">Where the text of <c>spec.config</c> is; null when that is not known.</param>
public sealed record SurveyedNetwork(NetworkAttachmentDefinition Network, string File, long Line, TextPlace? Config);

/// <summary>An object that is not used.</summary>
/// <param name="Kind">With its version: "Deployment (apps/v1)".</param>
public sealed record SurveyedObject(string Kind, string File, long Line);

/// <summary>What cannot be used of a file.</summary>
/// <param name="Line">0 when it is not about a line.</param>
public sealed record SurveyFault(string File, long Line, string Reason);
