using Spectre.Console.Testing;

namespace Multus.Ctl.Tests;

/// <summary>Runs multusctl in the test's process.</summary>
internal static class Ctl
{
    public static Task<Ran> RunAsync(params string[] args) => RunAsync(typed: null, args);

    /// <summary>With somebody at the terminal.</summary>
    /// <param name="typed">What is typed and entered.</param>
    public static Task<Ran> TypingAsync(string typed, params string[] args) => RunAsync(typed, args);

    private static async Task<Ran> RunAsync(string? typed, string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        using var console = new TestConsole();
        console.Profile.Width = 200;
        if (typed is not null)
        {
            console.Interactive();
            console.Input.PushTextWithEnter(typed);
        }

        var line = CommandTree.Of(new Session(output, errors, console, args)).Parse(args);
        var status = await line.InvokeAsync(new() { Output = output, Error = errors });
        return new Ran(line.Errors.Count > 0 ? ExitCode.Usage : status, output + console.Output, errors.ToString());
    }

    internal sealed record Ran(int Status, string Output, string Errors);
}
