namespace Multus.Actors.PendingDeletes;

/// <summary>
/// The stored DELs: what the shim could not deliver, or what failed, waiting in a folder until it is done.
/// </summary>
public static class PendingDeletesProtocol
{
    public interface ICommand;

    /// <summary>Look into the folder now; answered with <see cref="Reply.Scanned"/>. May be repeated.</summary>
    public sealed record Scan : ICommand;

    public abstract record Reply
    {
        private Reply() { }

        /// <param name="Waiting">How many DELs are stored and not done yet.</param>
        public sealed record Scanned(int Waiting) : Reply;
    }
}
