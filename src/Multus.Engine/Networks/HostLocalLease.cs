using System.Net;

namespace Multus.Engine.Networks;

/// <summary>An address that host-local has given out.</summary>
/// <param name="File">That says so.</param>
/// <param name="Container">The sandbox's ID.</param>
/// <param name="IfName">Empty with plugins before 0.9.</param>
/// <param name="Since">When the file was written.</param>
public sealed record HostLocalLease(
    string Network,
    IPAddress Address,
    string File,
    string Container,
    string IfName,
    DateTimeOffset Since
);
