using Multus.Cni;
using Multus.Core.Pods;

namespace Multus.Engine.State;

/// <summary>A write of a pod's network-status that is still to be made.</summary>
/// <param name="Sandbox">Whose status it is.</param>
/// <param name="Pod">Namespace and name.</param>
/// <param name="Uid">Empty when unknown.</param>
/// <param name="Annotation">The annotation's key.</param>
/// <param name="Json">The annotation's value; null: the status is to be taken back.</param>
public sealed record SpooledStatus(SandboxId Sandbox, PodKey Pod, string Uid, string Annotation, string? Json);
