using Multus.TestSupport;

namespace Multus.TestCluster.Tests.Clients;

internal static class Wait
{
    public static Task Until(
        Func<bool> condition,
        [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(condition))] string what = ""
    ) => Eventually.Holds(condition, what);
}
