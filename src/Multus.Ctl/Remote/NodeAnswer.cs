namespace Multus.Ctl.Remote;

/// <summary>What one node has answered.</summary>
/// <param name="Node">Its name.</param>
/// <param name="ExitCode">multusctl's there, or <see cref="Ctl.ExitCode.NoAnswer"/>.</param>
/// <param name="Output">What it printed.</param>
/// <param name="Problem">What it said on stderr, or why it could not be asked; empty: nothing.</param>
internal sealed record NodeAnswer(string Node, int ExitCode, string Output, string Problem);
