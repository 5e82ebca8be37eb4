using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Multus.TestSupport;

/// <summary>
/// Tests block threads of the pool while tools run, and API server and clients of the same process need some meanwhile.
/// The pool has as many at once as there are processors, and adds the next ones slowly: on a small machine a server then
/// answers seconds late, which looks like a fault of the product.
/// </summary>
internal static class TestThreads
{
    private const int AtOnce = 64;

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "every test project that uses this assembly is meant")]
    public static void Have()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, AtOnce), completions);
    }
}
