using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Multus.Ctl;

/// <summary>The library's help, and below it the command's examples.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var status = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not ExampledCommand { Examples.Count: > 0 } command)
            return status;

        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var (line, what) in command.Examples)
            output.WriteLine($"  {line}\n      {what}");
        return status;
    }
}
