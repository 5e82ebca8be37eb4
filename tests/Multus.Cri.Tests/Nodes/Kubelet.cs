using Grpc.Core;
using Multus.Cri.Tests.Protocol;

namespace Multus.Cri.Tests.Nodes;

/// <summary>
/// What kubelet does about a pod's sandbox: tries again under a new attempt until one runs, and takes away what a
/// failed attempt has left.
/// </summary>
internal sealed class Kubelet(MultusNode node)
{
    private const uint MostAttempts = 10;

    private readonly List<string> _refusals = [];

    /// <summary>What the runtime said to attempts that failed.</summary>
    public IReadOnlyList<string> Refusals
    {
        get
        {
            lock (_refusals)
                return [.. _refusals];
        }
    }

    /// <summary>Runs the pod's sandbox and returns its id.</summary>
    /// <exception cref="RpcException">The last attempt failed as those before it.</exception>
    public async Task<string> RunAsync(string name, string uid)
    {
        for (uint attempt = 0; ; attempt++)
        {
            try
            {
                return await node.Runtime.RunAsync(name, uid, attempt: attempt);
            }
            catch (RpcException refused) when (attempt + 1 < MostAttempts)
            {
                lock (_refusals)
                    _refusals.Add($"{name}, attempt {attempt}: {refused.Message}");
                await RemoveAsync([
                    .. (await node.Runtime.Cri.ListPodSandboxAsync())
                        .Where(sandbox => sandbox.Metadata.Uid == uid)
                        .Select(sandbox => sandbox.Id),
                ]);
            }
        }
    }

    public async Task RemoveAsync(params IReadOnlyList<string> ids)
    {
        foreach (var id in ids)
        {
            await node.Runtime.Cri.StopPodSandboxAsync(id);
            await node.Runtime.Cri.RemovePodSandboxAsync(id);
        }
    }
}
