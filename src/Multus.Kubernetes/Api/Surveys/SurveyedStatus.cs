using Multus.Core.Pods;

namespace Multus.Kubernetes.Api.Surveys;

/// <summary>A running pod and its network-status.</summary>
/// <param name="Uid">Of the object.</param>
/// <param name="RuntimeUid">By which the container runtime knows it; of a static pod another.</param>
/// <param name="Status">The annotation's value; null when it has none.</param>
public sealed record SurveyedStatus(PodKey Key, string Uid, string RuntimeUid, string? Status, bool IsOnHostNetwork);

/// <summary>A condition of a pod.</summary>
/// <param name="IsTrue">Its status.</param>
/// <param name="Reason">One word.</param>
public sealed record PodCondition(string Type, bool IsTrue, string Reason, string Message);
