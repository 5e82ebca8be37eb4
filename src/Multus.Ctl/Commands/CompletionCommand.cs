using System.CommandLine;
using System.Text.Json;
using Multus.Ctl.Output;
using Spectre.Console;

namespace Multus.Ctl.Commands;

/// <summary><c>multusctl completion SHELL</c>: a script by which a shell completes command lines.</summary>
internal static class CompletionCommand
{
    // Each asks the program itself: what it suggests is what it understands.
    private const string Bash = """
        _multusctl() {
            local IFS=$'\n'
            COMPREPLY=($(multusctl "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null))
        }
        complete -o default -F _multusctl multusctl
        """;

    private const string Zsh = """
        #compdef multusctl
        _multusctl() {
            local -a suggestions
            suggestions=("${(@f)$(multusctl "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -a suggestions
        }
        compdef _multusctl multusctl
        """;

    private const string Fish = """
        complete -c multusctl -f -a '(multusctl "[suggest:"(commandline -C)"]" (commandline -c) 2>/dev/null)'
        """;

    public static Command Create(Session session)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new ExampledCommand(
            "completion",
            "Prints a script by which a shell completes multusctl's command lines",
            ("source <(multusctl completion bash)", "complete in this shell")
        )
        {
            shell,
        };
        session.Answers(
            command,
            (line, _) =>
                Task.FromResult<Answer>(
                    new Script(
                        line.GetRequiredValue(shell) switch
                        {
                            "bash" => Bash,
                            "zsh" => Zsh,
                            _ => Fish,
                        }
                    )
                )
        );
        return command;
    }

    private sealed record Script(string Text) : Answer
    {
        public override void WriteJson(Utf8JsonWriter json) => json.WriteStringValue(Text);

        public override void Render(IAnsiConsole console) => console.Profile.Out.Writer.WriteLine(Text);
    }
}
