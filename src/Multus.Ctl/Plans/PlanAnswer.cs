using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Planning;
using Multus.Ctl.Output;
using Spectre.Console;

namespace Multus.Ctl.Plans;

/// <summary>The plans of all pods of a file.</summary>
/// <param name="IsVerbose">Whether to show what plugins would read.</param>
internal sealed record PlanAnswer(ImmutableArray<PodPlan> Pods, bool IsVerbose) : Answer
{
    private static readonly JsonWriterOptions ForPeople = new() { Indented = true };

    public override void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("pods");
        foreach (var plan in Pods)
        {
            json.WriteStartObject();
            json.WriteString("pod", plan.Pod);
            json.WriteStartArray("attachments");
            foreach (var attachment in plan.Attachments)
                Write(json, plan, attachment);
            json.WriteEndArray();
            JsonLists.Write(json, "faults", plan.Faults);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public override void Render(IAnsiConsole console)
    {
        foreach (var plan in Pods)
        {
            var tree = new Tree(Words.Plain($"pod {plan.Pod}"));
            foreach (var wave in plan.Steps.GroupBy(step => step.Wave).OrderBy(wave => wave.Key))
            {
                var together = wave.Count() > 1 ? ", together" : "";
                var node = tree.AddNode($"wave {wave.Key + 1}{together}");
                foreach (var step in wave)
                    Render(node, plan, step);
            }

            console.Write(tree);
            foreach (var fault in plan.Faults)
                console.MarkupLine($"[red]{Words.Escaped(fault)}[/]");
        }
    }

    private void Render(TreeNode wave, PodPlan plan, WaveStep step)
    {
        var attachment = plan.Attachments[step.Index];
        var node = wave.AddNode(
            new Markup(
                $"[bold]{Words.Escaped(attachment.Parameters.IfName)}[/]  {Words.Escaped(attachment.DisplayName)}  "
                    + $"({Words.Escaped(attachment.Configuration.Types)})"
            )
        );
        if (attachment.DeviceId is { } device)
            node.AddNode(Words.Plain($"device: {device}"));
        foreach (var (key, value) in attachment.AddParameters.Args)
        {
            if (!key.StartsWith("K8S_POD_", StringComparison.Ordinal) && key != "IgnoreUnknown")
                node.AddNode(Words.Plain($"argument {key}={value}"));
        }

        foreach (var (key, value) in Offered(attachment))
            node.AddNode(Words.Plain($"capability {key}: {value.GetRawText()}"));
        foreach (var reason in step.Reasons)
        {
            var other = plan.Attachments[reason.WaitsFor].Parameters.IfName;
            node.AddNode(Words.Plain($"waits for {other}: {reason.Why}"));
        }

        if (!IsVerbose)
            return;
        foreach (var plugin in attachment.Configuration.Plugins)
            node.AddNode(Words.Lines($"{plugin.Type} reads {Indented(Stdin(attachment, plugin))}".Split('\n')));
    }

    private void Write(Utf8JsonWriter json, PodPlan plan, PlannedAttachment attachment)
    {
        var step = plan.Steps[attachment.Index];
        json.WriteStartObject();
        json.WriteString("interface", attachment.Parameters.IfName);
        json.WriteString("network", attachment.DisplayName);
        json.WriteString("name", attachment.Configuration.Name);
        json.WriteBoolean("isClusterNetwork", attachment.IsMaster);
        json.WriteString("cniVersion", attachment.Configuration.CniVersionText);
        json.WriteString("device", attachment.DeviceId);
        json.WriteStartObject("arguments");
        foreach (var (key, value) in attachment.AddParameters.Args)
            json.WriteString(key, value);
        json.WriteEndObject();
        json.WriteStartObject("capabilities");
        foreach (var (key, value) in Offered(attachment))
        {
            json.WritePropertyName(key);
            value.WriteTo(json);
        }

        json.WriteEndObject();
        json.WriteStartArray("plugins");
        foreach (var plugin in attachment.Configuration.Plugins)
        {
            json.WriteStartObject();
            json.WriteString("type", plugin.Type);
            if (IsVerbose)
            {
                json.WritePropertyName("configuration");
                json.WriteRawValue(Stdin(attachment, plugin), skipInputValidation: true);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("wave", step.Wave + 1);
        json.WriteStartArray("waitsFor");
        foreach (var reason in step.Reasons)
        {
            json.WriteStartObject();
            json.WriteString("interface", plan.Attachments[reason.WaitsFor].Parameters.IfName);
            json.WriteString("why", reason.Why);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // Those that a plugin of the chain declares: the others reach nobody.
    private static IEnumerable<KeyValuePair<string, JsonElement>> Offered(PlannedAttachment attachment) =>
        attachment.Parameters.CapabilityArgs.Where(offered =>
            attachment.Configuration.Plugins.Any(plugin => plugin.Capabilities.GetValueOrDefault(offered.Key))
        );

    // What the plugins before it will have made is not known: the result of the one before is left out.
    private static byte[] Stdin(PlannedAttachment attachment, PluginConfiguration plugin) =>
        PluginStdin.Build(attachment.Configuration, plugin, attachment.AddParameters.CapabilityArgs, previous: null);

    private static string Indented(byte[] json)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, ForPeople))
            CniJson.Parse(json).WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
