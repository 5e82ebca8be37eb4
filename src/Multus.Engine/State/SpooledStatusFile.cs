using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Json;
using Multus.Core.Pods;

namespace Multus.Engine.State;

/// <summary>
/// A spooled write as it stands on disk: one JSON object; without <c>status</c> it is a clearing.
/// </summary>
internal static class SpooledStatusFile
{
    private const int Version = 1;

    public static byte[] Write(SpooledStatus status, DateTimeOffset since) =>
        CniJson.Write(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("since", since);
            json.WriteString("sandbox", status.Sandbox.Value);
            json.WriteString("namespace", status.Pod.Namespace);
            json.WriteString("name", status.Pod.Name);
            json.WriteString("uid", status.Uid);
            json.WriteString("annotation", status.Annotation);
            if (status.Json is not null)
                json.WriteString("status", status.Json);
            json.WriteEndObject();
        });

    /// <returns>Null when it is damaged, or of a version that this one does not know.</returns>
    public static (SpooledStatus Status, DateTimeOffset Since)? Read(byte[] file)
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
            var json = root.TryGetProperty("status", out _) ? Text(root, "status") : null;
            var status = new SpooledStatus(sandbox, pod, Text(root, "uid"), Text(root, "annotation"), json);
            return (status, root.GetProperty("since").GetDateTimeOffset());
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
