using System.CommandLine;

namespace Multus.Ctl;

/// <summary>A command whose <c>--help</c> ends with examples.</summary>
/// <param name="name">What is typed.</param>
/// <param name="description">What it answers.</param>
/// <param name="examples">Whole command lines, each with what it is for.</param>
internal sealed class ExampledCommand(
    string name,
    string description,
    params (string CommandLine, string What)[] examples
) : Command(name, description)
{
    public IReadOnlyList<(string CommandLine, string What)> Examples { get; } = examples;
}
