using System.Collections.Immutable;

namespace Multus.Actors.Health;

/// <summary>How the parts of the node report their figures, and how the whole is asked for them.</summary>
public static class HealthProtocol
{
    public interface ICommand;

    /// <summary>
    /// Asks for everything; answered with a <see cref="Reply.Health"/> within the given bound, also when a part hangs.
    /// </summary>
    public sealed record GetHealth : ICommand;

    /// <summary>Asks one part for its figures; it answers with <see cref="Figures"/>.</summary>
    public sealed record Report;

    /// <summary>The figures of one part, in a stable order.</summary>
    public sealed record Figures(string Part, ImmutableArray<KeyValuePair<string, long>> Values);

    public abstract record Reply
    {
        private Reply() { }

        /// <param name="Ready">All parts have started: the cluster is known and stored DELs have been looked at. Once
        /// true it stays so.</param>
        /// <param name="Parts">The figures of the parts that answered, in the order of the tree.</param>
        /// <param name="Silent">Parts that did not answer in time: hung or gone.</param>
        /// <param name="WaitingFor">What the node is not ready for, empty when it is.</param>
        public sealed record Health(
            bool Ready,
            ImmutableArray<Figures> Parts,
            ImmutableArray<string> Silent,
            ImmutableArray<string> WaitingFor
        ) : Reply
        {
            /// <summary>The node's actors as they were found, whether or not they answered.</summary>
            public ImmutableArray<ActorVitals> Actors { get; init; } = [];
        }
    }
}
