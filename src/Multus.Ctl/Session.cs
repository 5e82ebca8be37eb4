using System.CommandLine;
using System.Text;
using System.Text.Json;
using Multus.Configuration;
using Multus.Ctl.Output;
using Multus.Ctl.Remote;
using Spectre.Console;

namespace Multus.Ctl;

/// <summary>One run of multusctl: the options that all commands have, and where answers go.</summary>
/// <param name="output">Takes answers.</param>
/// <param name="errors">Takes what went wrong.</param>
/// <param name="console">Renders answers for people; writes to <paramref name="output"/>.</param>
/// <param name="args">The whole command line, for another node.</param>
/// <param name="progress">Shows how far something long is; null: nobody watches.</param>
internal sealed class Session(
    TextWriter output,
    TextWriter errors,
    IAnsiConsole console,
    IReadOnlyList<string> args,
    IAnsiConsole? progress = null
)
{
    // On the node, and in the daemon's container.
    private static readonly string[] UsualFiles =
    [
        "/etc/cni/net.d/multus.d/daemon-config.json",
        "/config/daemon-config.json",
    ];

    private const string Json = "json";

    public Option<string> OutputOption { get; } = OutputOptionOf();

    public Option<string?> ConfigOption { get; } =
        new("--config")
        {
            Description =
                $"The daemon's configuration file; without it the first there is of {string.Join(", ", UsualFiles)}, "
                + "else what the daemon does without one",
            HelpName = "FILE",
            Recursive = true,
        };

    public RemoteOptions Remote { get; } = new();

    public IAnsiConsole Console => console;

    /// <summary>Whether scripts read the answer.</summary>
    public bool IsJson(ParseResult line) => line.GetValue(OutputOption) == Json;

    /// <summary>The file of the daemon's configuration; null when none is named, and there is none.</summary>
    public string? ConfigurationFile(ParseResult line) =>
        line.GetValue(ConfigOption) ?? Array.Find(UsualFiles, File.Exists);

    /// <summary>The daemon's configuration.</summary>
    /// <exception cref="CtlException">It cannot be read, or is wrong.</exception>
    public DaemonConfiguration Configuration(ParseResult line)
    {
        var wrong = new List<string>();
        var file = ConfigurationFile(line);
        var daemon = file is null
            ? DaemonConfiguration.Parse("{}"u8.ToArray(), wrong)
            : DaemonSettings.LoadDaemon(file, wrong);
        return daemon is not null && wrong.Count == 0
            ? daemon
            : throw new CtlException(
                string.Join('\n', wrong.Select(error => error.Replace("with -config FILE", "with --config FILE")))
            );
    }

    /// <summary>Lets a command answer in the form that the command line asks for.</summary>
    public void Answers(Command command, Func<ParseResult, CancellationToken, Task<Answer>> ask) =>
        command.SetAction((line, cancel) => RunAsync(line, ask, cancel));

    private async Task<int> RunAsync(
        ParseResult line,
        Func<ParseResult, CancellationToken, Task<Answer>> ask,
        CancellationToken cancel
    )
    {
        try
        {
            var answer = Remote.AreUsed(line) ? await AskElsewhereAsync(line, cancel) : await ask(line, cancel);
            await WriteAsync(answer, IsJson(line));
            return answer.ExitCode;
        }
        catch (CtlException e)
        {
            await errors.WriteLineAsync($"multusctl: {e.Message}");
            return e.ExitCode;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return ExitCode.NoAnswer; // somebody pressed Ctrl+C, and knows
        }
    }

    private async Task<Answer> AskElsewhereAsync(ParseResult line, CancellationToken cancel)
    {
        if (
            line.CommandResult.Command.Options.Any(option =>
                option.Name == "--watch" && line.GetResult(option) is { Implicit: false }
            )
        )
        {
            throw new CtlException(
                "--watch is for the node that multusctl runs on: watch -n 1 multusctl … does it here"
            )
            {
                ExitCode = ExitCode.Usage,
            };
        }

        return await new RemoteNodes(
            line.GetValue(Remote.Kubeconfig) ?? "",
            line.GetRequiredValue(Remote.Selector),
            progress
        ).RunAsync(
            line.GetValue(Remote.AllNodes) ? [] : line.GetValue(Remote.Node) ?? [],
            Remote.Without(args),
            cancel
        );
    }

    /// <summary>Writes an answer.</summary>
    public async Task WriteAsync(Answer answer, bool asJson)
    {
        if (!asJson)
        {
            answer.Render(console);
            return;
        }

        using var buffer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
            answer.WriteJson(json);
        await output.WriteLineAsync(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    private static Option<string> OutputOptionOf()
    {
        var option = new Option<string>("--output", "-o")
        {
            Description = "text for people, json for scripts",
            HelpName = "text|json",
            Recursive = true,
            DefaultValueFactory = _ => "text",
        };
        option.AcceptOnlyFromAmong("text", Json);
        return option;
    }
}
