using System.Text.Json;
using Spectre.Console;

namespace Multus.Ctl.Output;

/// <summary>What a command found out, for people and for scripts.</summary>
internal abstract record Answer
{
    /// <summary>One of <see cref="Ctl.ExitCode"/>.</summary>
    public int ExitCode { get; init; }

    /// <summary>Writes one JSON value: all that <see cref="Render"/> says, and more.</summary>
    public abstract void WriteJson(Utf8JsonWriter json);

    /// <summary>Says it to a person.</summary>
    public abstract void Render(IAnsiConsole console);
}
