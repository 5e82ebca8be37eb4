using System.Globalization;
using System.Text;
using Multus.Bench.Runs;

namespace Multus.Bench.Nodes;

/// <summary>
/// The pods' network namespaces: made before any clock starts, shared by the workloads one after the other, deleted by
/// eng/bench.sh.
/// </summary>
internal static class NetworkNamespaces
{
    public static string PathOf(string prefix, int index) => "/run/netns/" + Name(prefix, index);

    public static async Task MakeAsync(Shell shell, string prefix, int count, CancellationToken cancel)
    {
        var script = new StringBuilder("ip -batch - <<'END'\n");
        for (var i = 0; i < count; i++)
            script.Append(CultureInfo.InvariantCulture, $"netns add {Name(prefix, i)}\n");
        await shell.RunAsync(script.Append("END\n").ToString(), cancel);
    }

    private static string Name(string prefix, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}-pod{index}");
}
