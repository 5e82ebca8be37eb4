using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Json;
using Multus.Core.Pods;
using static Multus.Actors.Annotations.AnnotationsProtocol;

namespace Multus.Actors.Annotations;

/// <summary>
/// A write of the queue as it stands on disk: one JSON object; without <c>status</c> it is a clearing.
/// </summary>
internal static class SpooledStatus
{
    private const int Version = 1;

    public static byte[] ToJson(ICommand write, DateTimeOffset since) =>
        CniJson.Write(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("since", since);
            json.WriteString("sandbox", write.Sandbox.Value);
            json.WriteString("namespace", write.Pod.Namespace);
            json.WriteString("name", write.Pod.Name);
            json.WriteString("uid", write.Uid);
            json.WriteString("annotation", write.Annotation);
            if (write is Publish publish)
                json.WriteString("status", publish.Json);
            json.WriteEndObject();
        });

    /// <returns>Null when it is damaged, or of a version that this one does not know.</returns>
    public static (ICommand Write, DateTimeOffset Since)? Read(byte[] file)
    {
        try
        {
            using var document = JsonDocument.Parse(file);
            var root = document.RootElement;
            if (
                root.GetProperty("version").GetInt32() != Version
                || !SandboxId.TryParse(Text(root, "sandbox"), out var sandbox)
            )
                return null;

            var pod = new PodKey(Text(root, "namespace"), Text(root, "name"));
            var (uid, annotation) = (Text(root, "uid"), Text(root, "annotation"));
            ICommand write = root.TryGetProperty("status", out var status)
                ? new Publish(
                    sandbox,
                    pod,
                    uid,
                    annotation,
                    status.GetString() ?? throw new FormatException("no status")
                )
                : new Clear(sandbox, pod, uid, annotation) { IsSure = true };
            return (write, root.GetProperty("since").GetDateTimeOffset());
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static string Text(JsonElement root, string name) =>
        root.GetProperty(name).GetString() ?? throw new FormatException($"no {name}");
}
