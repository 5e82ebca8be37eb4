namespace Multus.Cni.Runtime;

/// <summary>How far an ADD has come in its chain: what never ran needs no undoing.</summary>
public sealed class ChainProgress
{
    /// <summary>How many of the chain's plugins, from the first, have been run, whatever came of it.</summary>
    public int Begun { get; private set; }

    internal void Begin() => Begun++;

    /// <summary>The one that was about to run has not.</summary>
    internal void TakeBack() => Begun--;
}
