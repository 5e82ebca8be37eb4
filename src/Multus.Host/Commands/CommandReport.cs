using System.Text.Json;

namespace Multus.Host.Commands;

/// <summary>What a command has done: a line for each step, or one JSON object at its end.</summary>
internal sealed class CommandReport(TextWriter output, TextWriter errors, bool isJson)
{
    private readonly List<string> _steps = [];

    public void Say(string step)
    {
        _steps.Add(step);
        if (!isJson)
            output.WriteLine(step);
    }

    /// <param name="code">The exit status.</param>
    /// <param name="error">Why it failed; empty: it did not.</param>
    /// <param name="attached">What is still attached.</param>
    public int End(int code, string error = "", IReadOnlyList<string>? attached = null)
    {
        if (!isJson)
        {
            foreach (var line in attached ?? [])
                output.WriteLine($"still attached: {line}");
            if (error.Length > 0)
                errors.WriteLine($"multus-daemon: {error}");
            return code;
        }

        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteBoolean("ok", code == ExitCode.Success);
            WriteLines(writer, "steps", _steps);
            WriteLines(writer, "attached", attached ?? []);
            writer.WriteString("error", error);
            writer.WriteEndObject();
        }

        output.WriteLine(System.Text.Encoding.UTF8.GetString(json.ToArray()));
        return code;
    }

    private static void WriteLines(Utf8JsonWriter writer, string name, IReadOnlyList<string> lines)
    {
        writer.WriteStartArray(name);
        foreach (var line in lines)
            writer.WriteStringValue(line);
        writer.WriteEndArray();
    }
}
