using Multus.Cni;
using Multus.Core.Pods;

namespace Multus.Actors.Annotations;

/// <summary>How a pod's network-status is written, and taken back.</summary>
public static class AnnotationsProtocol
{
    public interface ICommand
    {
        /// <summary>Whose status it is.</summary>
        SandboxId Sandbox { get; }

        PodKey Pod { get; }

        /// <summary>Empty when unknown.</summary>
        string Uid { get; }

        string Annotation { get; }
    }

    /// <summary>
    /// Write this status; answered with a <see cref="Reply"/>. The newest one for a pod wins, whatever was waiting
    /// before it.
    /// </summary>
    /// <param name="Sandbox">Whose status it is; see <see cref="Clear"/>.</param>
    /// <param name="Pod">Namespace and name.</param>
    /// <param name="Uid">The pod's UID, or empty if the runtime gave none; a pod with another UID is never written
    /// to.</param>
    /// <param name="Annotation">The annotation's key.</param>
    /// <param name="Json">The annotation's value.</param>
    /// <remarks>Idempotent.</remarks>
    public sealed record Publish(SandboxId Sandbox, PodKey Pod, string Uid, string Annotation, string Json) : ICommand;

    /// <summary>
    /// The sandbox is gone: take its status back, unless another sandbox of the same pod has published since. Who
    /// published is known since the start only; when it is not, the answer is <see cref="Reply.Unsure"/>.
    /// </summary>
    /// <remarks>Idempotent.</remarks>
    public sealed record Clear(SandboxId Sandbox, PodKey Pod, string Uid, string Annotation) : ICommand
    {
        /// <summary>
        /// The sender has made sure that the pod has no other sandbox: what has been published before the start is this
        /// one's.
        /// </summary>
        public bool IsSure { get; init; }
    }

    public abstract record Reply
    {
        private Reply() { }

        /// <summary>The status, or a newer one of the same pod, is stored.</summary>
        public sealed record Stored : Reply;

        /// <summary>
        /// Not stored within the time that its sender waits for it: it is on disk, and tried again until it is stored
        /// or replaced, also by the next daemon.
        /// </summary>
        public sealed record Queued(string Reason) : Reply
        {
            /// <summary>The cluster does not answer anybody, which has been logged.</summary>
            public bool IsOutage { get; init; }
        }

        /// <summary>
        /// Nothing is done: the status may be that of another sandbox of the pod, from before the start.
        /// </summary>
        public sealed record Unsure : Reply;

        /// <summary>
        /// It can never be stored: the pod is gone or another one, or writing is not allowed. It is forgotten.
        /// </summary>
        public sealed record Refused(string Reason) : Reply;
    }
}
