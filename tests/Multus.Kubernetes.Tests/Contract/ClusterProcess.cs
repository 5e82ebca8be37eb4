using System.Diagnostics;
using Multus.TestCluster;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.Kubernetes.Tests.Contract;

/// <summary>
/// An API server in a process of its own, found by its kubeconfig and by nothing else. It ends with its input, so it
/// outlives no test run.
/// </summary>
public sealed class ClusterProcess : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Process? _process;

    public ClusterProcess()
    {
        try
        {
            _process = Process.Start(
                new ProcessStartInfo("dotnet", [typeof(TestApiServer).Assembly.Location, _folder.Path])
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                }
            )!;
            Kubeconfig =
                _process.StandardOutput.ReadLineAsync().WaitAsync(Wait.Patience).GetAwaiter().GetResult()
                ?? throw new InvalidOperationException(
                    "the API server's process ended before it said where its kubeconfig is"
                );
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The file's path.</summary>
    public string Kubeconfig { get; }

    public void Dispose()
    {
        if (_process is not null)
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit(Wait.Patience))
                _process.Kill();
            _process.Dispose();
        }

        _folder.Dispose();
    }
}
