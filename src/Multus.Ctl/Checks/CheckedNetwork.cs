using Multus.Core.Networks;
using Multus.Kubernetes.Surveys;

namespace Multus.Ctl.Checks;

/// <summary>A network-attachment-definition and where it is.</summary>
/// <param name="File">Of its manifest; null when it came from an API server.</param>
/// <param name="Line">Where it begins in the file; 0 when that is not known.</param>
/// <param name="Place">Where the text of its configuration is in the file; null when that is not known.</param>
internal sealed record CheckedNetwork(
    NetworkAttachmentDefinition Network,
    string? File = null,
    long Line = 0,
    TextPlace? Place = null
);
