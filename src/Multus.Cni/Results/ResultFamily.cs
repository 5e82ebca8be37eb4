namespace Multus.Cni.Results;

/// <summary>The three schemas that results have had (cni-runtime.md §8.2).</summary>
internal enum ResultFamily
{
    /// <summary>0.1.0, 0.2.0: one address per IP version, routes below it, no interfaces.</summary>
    A,

    /// <summary>0.3.0 to 0.4.0: lists, every address says its IP version.</summary>
    B,

    /// <summary>1.0.0 and 1.1.0: addresses speak for themselves, interfaces say more.</summary>
    C,
}

internal static class ResultFamilies
{
    /// <summary>Meaningful only for a supported version.</summary>
    public static ResultFamily Family(this CniVersion version)
    {
        if (version < CniVersion.V030)
            return ResultFamily.A;

        return version < CniVersion.V100 ? ResultFamily.B : ResultFamily.C;
    }
}
