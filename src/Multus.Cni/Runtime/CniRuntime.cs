using System.Collections.Immutable;
using Multus.Cni.Configurations;
using Multus.Cni.Results;

namespace Multus.Cni.Runtime;

/// <summary>
/// Acts as a CNI runtime toward the plugins of one network (cni-runtime.md §10). It decides order, input and what is
/// remembered; running and storing is done by others. It never undoes: a caller whose ADD failed owes the DEL.
/// </summary>
/// <remarks>
/// Every failure is a <see cref="CniException"/> with the plugin's own code, naming the plugin's type.
/// </remarks>
public sealed class CniRuntime(IPluginInvoker plugins, IResultCache cache)
{
    private readonly PluginChain _chain = new(plugins);

    /// <summary>
    /// Checks everything, runs the plugins in order, each with the result of the one before, and stores the last
    /// result. The result is in the version in which the last plugin spoke.
    /// </summary>
    /// <exception cref="CniException">A rule is broken (nothing ran), a plugin failed (those before it have run), or
    /// the result could not be stored (all have).</exception>
    /// <param name="progress">Told how many plugins have been run, for whoever has to undo it.</param>
    public async Task<CniResult> AddAsync(
        NetworkConfiguration network,
        AttachmentParameters p,
        CancellationToken c,
        ChainProgress? progress = null
    )
    {
        progress ??= new ChainProgress();
        AttachmentRules.Check(network, p);
        CniResult? previous = null;
        foreach (var plugin in network.Plugins)
            previous = await _chain.AddAsync(network, plugin, p, previous, progress, c);

        Store(network, p, previous!);
        return previous!;
    }

    /// <summary>Runs the plugins in order, all with the stored result, up to the first that complains.</summary>
    /// <exception cref="CniException">Code 1 below 0.4.0; a stored result that cannot be used; a plugin that
    /// complains.</exception>
    public async Task CheckAsync(NetworkConfiguration network, AttachmentParameters p, CancellationToken c)
    {
        if (network.Version < CniVersion.V040)
        {
            throw new CniException(
                CniErrorCode.IncompatibleVersion,
                $"configuration version {LogText.Text(network.Version.ToString())} of network "
                    + $"{LogText.Text(network.Name)} does not support the CHECK command"
            );
        }

        if (network.DisableCheck)
            return;

        var previous = CanBeStored(network, p) ? CachedResult.Load(cache, network, p) : null;
        foreach (var plugin in network.Plugins)
            await _chain.RunAsync(CniCommand.Check, network, plugin, p, previous, c);
    }

    /// <summary>
    /// Runs the plugins in reverse order, all with the stored result if there is a usable one, going on after one that
    /// fails. Forgets the result when all have succeeded, so that a retry after a failure has the same input.
    /// </summary>
    /// <param name="begun">How many of the chain's plugins an ADD has run, where that is known: those behind them have
    /// done nothing.</param>
    /// <param name="failed">Gets the places in the chain of those that failed.</param>
    /// <exception cref="CniException">All failures; the code is that of the first.</exception>
    public async Task DeleteAsync(
        NetworkConfiguration network,
        AttachmentParameters p,
        CancellationToken c,
        int? begun = null,
        ICollection<int>? failed = null
    )
    {
        var previous = PreviousForDelete(network, p);
        var failures = new List<CniException>();
        for (var i = Math.Min(begun ?? int.MaxValue, network.Plugins.Length) - 1; i >= 0; i--)
        {
            try
            {
                await _chain.RunAsync(CniCommand.Del, network, network.Plugins[i], p, previous, c);
            }
            catch (CniException e)
            {
                failures.Add(e);
                failed?.Add(i);
            }
        }

        if (failures.Count > 0)
            throw PluginChain.Joined(failures);
        if (CanBeStored(network, p))
            Forget(network, p);
    }

    /// <summary>
    /// Asks the plugins in order whether they could serve an ADD, up to the first that says no. Nothing to ask below
    /// 1.1.0.
    /// </summary>
    /// <exception cref="CniException">A plugin says no, with its code.</exception>
    public async Task StatusAsync(NetworkConfiguration network, ImmutableArray<string> pluginPath, CancellationToken c)
    {
        if (network.Version < CniVersion.V110)
            return;

        foreach (var plugin in network.Plugins)
            await _chain.RunAsync(CniCommand.Status, network, plugin, Nobody(pluginPath), previous: null, c);
    }

    /// <summary>
    /// Has the plugins, in order, free whatever is of none of the <paramref name="valid"/> attachments of this network,
    /// going on after one that fails. Nothing is asked below 1.1.0 or when the network says <c>disableGC</c>. Unlike
    /// the reference library it deletes no stale attachment: that is the caller's, who alone knows which one is just
    /// being worked on.
    /// </summary>
    /// <exception cref="CniException">All failures; the code is that of the first.</exception>
    public async Task GcAsync(
        NetworkConfiguration network,
        ImmutableArray<ValidAttachment> valid,
        ImmutableArray<string> pluginPath,
        CancellationToken c
    )
    {
        if (!KnowsGc(network))
            return;

        var failures = new List<CniException>();
        foreach (var plugin in network.Plugins)
        {
            try
            {
                await _chain.GcAsync(network, plugin, Nobody(pluginPath), valid, c);
            }
            catch (CniException e)
            {
                failures.Add(e);
            }
        }

        if (failures.Count > 0)
            throw PluginChain.Joined(failures);
    }

    /// <summary>Whether <see cref="GcAsync"/> asks this network's plugins anything.</summary>
    public static bool KnowsGc(NetworkConfiguration network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network.Version >= CniVersion.V110 && !network.DisableGc;
    }

    private static AttachmentParameters Nobody(ImmutableArray<string> pluginPath) =>
        new(default, null, "", [], [], pluginPath);

    /// <summary>
    /// ADD refuses other names, so nothing is stored under them; a DEL after that must not stumble over the name.
    /// </summary>
    private static bool CanBeStored(NetworkConfiguration network, AttachmentParameters p) =>
        NetworkName.TryParse(network.Name, out _)
        && InterfaceName.TryParse(p.IfName, out _)
        && CachedAttachmentCodec.IsFileName(network.Name, p.Sandbox.Value, p.IfName);

    // What cannot be read, for whatever reason, plugins must do without, as with libcni, or the pod could never go.
    private CniResult? PreviousForDelete(NetworkConfiguration network, AttachmentParameters p)
    {
        if (network.Version < CniVersion.V040 || !CanBeStored(network, p))
            return null;

        try
        {
            return CachedResult.Load(cache, network, p);
        }
        catch (CniException)
        {
            return null;
        }
    }

    private void Store(NetworkConfiguration network, AttachmentParameters p, CniResult result)
    {
        try
        {
            cache.Store(
                new CachedAttachment(
                    CachedAttachment.CurrentKind,
                    network.Name,
                    p.Sandbox.Value,
                    p.IfName,
                    p.NetNs ?? "",
                    network.Bytes,
                    p.Args,
                    p.CapabilityArgs,
                    result.ToJson()
                )
            );
        }
        catch (CniException e)
        {
            throw new CniException(
                e.Error.Prefixed($"failed to set network {LogText.Text(network.Name)} cached result: "),
                e
            );
        }
    }

    private void Forget(NetworkConfiguration network, AttachmentParameters p)
    {
        try
        {
            cache.Remove(network.Name, p.Sandbox.Value, p.IfName);
        }
        catch (CniException e)
        {
            throw new CniException(
                e.Error.Prefixed($"failed to remove network {LogText.Text(network.Name)} cached result: "),
                e
            );
        }
    }
}
