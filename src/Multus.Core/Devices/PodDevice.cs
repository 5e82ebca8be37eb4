namespace Multus.Core.Devices;

/// <summary>One device that the node has given to one container of a pod.</summary>
/// <param name="Container">The container's name; two containers of a pod may hold devices of one resource.</param>
/// <param name="Resource">What a network-attachment-definition asks for: the resource of a device plugin ("vendor.com/vf"), or the name of a claim.</param>
/// <param name="Id">The device as its plugin calls it, for network cards the PCI address.</param>
public sealed record PodDevice(string Container, string Resource, string Id);
