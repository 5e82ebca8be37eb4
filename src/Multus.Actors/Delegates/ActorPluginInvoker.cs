using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Linux.Plugins;
using static Multus.Actors.Delegates.DelegatesProtocol;

namespace Multus.Actors.Delegates;

/// <summary>
/// Runs plugins by asking the delegates actor: the CNI runtime does not know about slots, the actor does not know about
/// chains.
/// </summary>
/// <param name="delegates">Runs them.</param>
/// <param name="root">Where they are looked up: <see cref="Engine.Ports.EnginePorts.PluginRoot"/>.</param>
internal sealed class ActorPluginInvoker(IActorRef delegates, string root = "") : IPluginInvoker
{
    public async Task<PluginOutput> InvokeAsync(PluginCall call, CancellationToken cancel)
    {
        string path;
        try
        {
            path = PluginFinder.Find(call.PluginType, call.PluginPath, root);
        }
        catch (CniException notFound)
        {
            return new PluginOutput.Failed(notFound.Error) { HasRun = false };
        }

        // No time limit of its own: the actor answers every run, and the token bounds both the wait and the process.
        var reply = await delegates.Ask<Reply>(
            new Run(call, path, cancel),
            Timeout.InfiniteTimeSpan,
            CancellationToken.None
        );
        return reply switch
        {
            Reply.Ran ran => ran.Output,
            Reply.NotStarted notStarted => new PluginOutput.Failed(
                new CniError(
                    CniErrorCode.TryAgainLater,
                    $"did not run for {call.Command.ToWire()}: {notStarted.Reason}"
                )
            )
            {
                HasRun = false,
            },
            _ => throw new InvalidOperationException($"unknown reply {reply}"),
        };
    }
}
