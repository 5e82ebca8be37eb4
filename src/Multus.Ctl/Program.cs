using System.CommandLine;
using Spectre.Console;

namespace Multus.Ctl;

/// <summary>multusctl: answers questions about a node, its pods and its networks.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 1000; // a line for a script, not for a page
        var session = new Session(Console.Out, Console.Error, AnsiConsole.Console, args, ProgressOf());
        var line = CommandTree.Of(session).Parse(args);
        var status = await line.InvokeAsync();
        return line.Errors.Count > 0 ? ExitCode.Usage : status;
    }

    // On stderr, so that the answer can be piped.
    private static IAnsiConsole? ProgressOf() =>
        Console.IsErrorRedirected
            ? null
            : AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
}
