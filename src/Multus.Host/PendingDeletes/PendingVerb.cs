namespace Multus.Host.PendingDeletes;

/// <summary>What an operator does about stored DELs.</summary>
internal enum PendingVerb
{
    /// <summary>See them all.</summary>
    List,

    /// <summary>Have those that were given up tried again.</summary>
    Retry,

    /// <summary>Forget those that were given up.</summary>
    Drop,
}
