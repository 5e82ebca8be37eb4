namespace Multus.Kubernetes.Tests.Certificates;

/// <summary>Stands for the end of the process: nothing after it happens.</summary>
internal sealed class KilledException : Exception;
