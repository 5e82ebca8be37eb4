using Multus.TestCluster.Access;
using Multus.TestCluster.Certificates;
using Multus.TestCluster.Connections;
using Multus.TestCluster.Faults;
using Multus.TestCluster.Journal;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Requests;
using Multus.TestCluster.Watching;

namespace Multus.TestCluster;

/// <summary>What outlives a stop and a start of the server.</summary>
internal sealed record ServerParts(
    ObjectStore Objects,
    AccessBook Access,
    ServerIdentity Identity,
    FaultPlan Faults,
    RequestJournal Journal,
    WatchBook Watches,
    ConnectionBook Connections,
    RequestSigner Signer
)
{
    /// <summary>Null: no kubelet can be reached.</summary>
    public ExecHandler? Exec { get; set; }
}
