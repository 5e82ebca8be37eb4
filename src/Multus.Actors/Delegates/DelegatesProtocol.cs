using Multus.Cni.Runtime;

namespace Multus.Actors.Delegates;

/// <summary>What the delegates actor can be asked: to run one plugin process, within the slots.</summary>
public static class DelegatesProtocol
{
    public interface ICommand;

    /// <summary>
    /// Run the binary <paramref name="Path"/> for <paramref name="Call"/>; answered with a <see cref="Reply"/> when the
    /// process has ended.
    /// </summary>
    /// <param name="Call">The plugin's type, verb, stdin and CNI variables.</param>
    /// <param name="Path">The plugin's binary, found by the caller.</param>
    /// <param name="Cancel">Gives the run up: a waiting one never starts, a running one is killed with its process
    /// group.</param>
    /// <remarks>Not idempotent: each message is one process.</remarks>
    public sealed record Run(PluginCall Call, string Path, CancellationToken Cancel) : ICommand;

    public abstract record Reply
    {
        private Reply() { }

        /// <summary>The process ran and ended by itself, well or badly.</summary>
        public sealed record Ran(PluginOutput Output) : Reply;

        /// <summary>The process was not started: given up while it waited for a slot.</summary>
        public sealed record NotStarted(string Reason) : Reply;
    }
}
