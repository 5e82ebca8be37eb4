namespace Multus.Cni.Runtime;

/// <summary>How a run of a plugin ended.</summary>
public abstract record PluginOutput
{
    private PluginOutput() { }

    /// <summary>What it wrote to stderr, as one line of bounded length; empty: nothing.</summary>
    public string Stderr { get; init; } = "";

    /// <summary>Exit status 0. What it printed is not looked at yet.</summary>
    public sealed record Succeeded(ReadOnlyMemory<byte> Stdout) : PluginOutput;

    /// <summary>Any other end, or none at all; see <see cref="PluginFailure"/>.</summary>
    public sealed record Failed(CniError Error) : PluginOutput
    {
        /// <summary>
        /// False when it is certain that not one instruction of the plugin ran: there is nothing of its doing.
        /// </summary>
        public bool HasRun { get; init; } = true;
    }
}
