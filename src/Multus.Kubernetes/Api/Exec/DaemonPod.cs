namespace Multus.Kubernetes.Api.Exec;

/// <summary>The pod of a DaemonSet on one node.</summary>
/// <param name="IsRunning">Whether its phase is Running: only then can anything be executed in it.</param>
public sealed record DaemonPod(string Namespace, string Name, string Node, bool IsRunning);
