using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Engine.Installation;

namespace Multus.Engine.Tests.Installation;

/// <summary>Answers as the test says, and remembers what it was told.</summary>
public sealed class FakeRuntimeConfigPorts : IRuntimeConfigPorts
{
    public CniError? Status { get; set; }

    public CniVersion? Runtime { get; set; }

    /// <summary>Answers for <see cref="Status"/> when it is set.</summary>
    public TaskCompletionSource<CniError?>? Silence { get; set; }

    public List<(string Reason, string Words)> Told { get; } = [];

    public Task<CniError?> AskStatusAsync(NetworkConfiguration network, CancellationToken cancel) =>
        Silence?.Task ?? Task.FromResult(Status);

    public Task<CniVersion?> RuntimeVersionAsync(CancellationToken cancel) => Task.FromResult(Runtime);

    public void Tell(string reason, string words) => Told.Add((reason, words));
}
