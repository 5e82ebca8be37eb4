namespace Multus.EndToEnd.Tests.Nodes;

/// <summary>What a node's container runtime calls.</summary>
public enum Flavour
{
    /// <summary>The shim, which hands all to a daemon.</summary>
    Thick,

    /// <summary>The thin plugin; there is no daemon.</summary>
    Thin,
}
