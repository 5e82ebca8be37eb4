using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Planning;

namespace Multus.Actors.Sandboxes;

/// <summary>What came of detaching a plan's attachments.</summary>
/// <param name="Failure">The first failure, saying how many there were; null when all is detached.</param>
/// <param name="Left">What is still attached, as far as is known, and on record.</param>
internal sealed record RollbackResult(CniException? Failure, ImmutableArray<LeftBehind> Left)
{
    public static RollbackResult Nothing { get; } = new(null, []);

    public bool IsWhole => Failure is null;

    /// <summary>
    /// Everything that is left is beyond help: its namespace is gone, and a plugin that fails without one has nothing
    /// elsewhere. To try it for ever would not change that.
    /// </summary>
    public bool IsHopeless => !Left.IsEmpty && Left.All(left => left.IsHopeless);

    /// <summary>
    /// Nothing that is left is in the way of a new ADD of the same container: it is in no namespace that is there, or
    /// never was attached.
    /// </summary>
    public bool BlocksNoAdd => !Left.IsEmpty && Left.All(left => left.IsNamespaceGone || left.WasNeverAttached);

    /// <summary>What may have stayed behind, for people.</summary>
    public ImmutableArray<string> Words => [.. Left.Select(left => left.Words)];
}

/// <summary>An attachment that could not be detached.</summary>
/// <param name="Attachment">As it goes on record.</param>
/// <param name="IsNamespaceGone">Its plugins were run without a namespace.</param>
/// <param name="WasNeverAttached">Its ADD failed; it never had a result.</param>
/// <param name="IsHopeless">See <see cref="RollbackResult.IsHopeless"/>.</param>
/// <param name="Words">What it is, and why it is left.</param>
internal sealed record LeftBehind(
    PlannedAttachment Attachment,
    bool IsNamespaceGone,
    bool WasNeverAttached,
    bool IsHopeless,
    string Words
);
