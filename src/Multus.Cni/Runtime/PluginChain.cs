using System.Collections.Immutable;
using System.Text;
using Multus.Cni.Configurations;
using Multus.Cni.Results;

namespace Multus.Cni.Runtime;

/// <summary>One plugin's turn in a chain: builds its call, and says of every failure which plugin it was.</summary>
internal sealed class PluginChain(IPluginInvoker plugins)
{
    public async Task<CniResult> AddAsync(
        NetworkConfiguration network,
        PluginConfiguration plugin,
        AttachmentParameters p,
        CniResult? previous,
        ChainProgress progress,
        CancellationToken cancel
    )
    {
        var stdin = PluginStdin.Build(network, plugin, p.CapabilityArgs, previous);
        var stdout = await InvokeAsync(CniCommand.Add, network, plugin, p, stdin, cancel, progress);
        try
        {
            return CniResult.Parse(stdout, network.Version);
        }
        catch (CniException e)
        {
            throw Wrapped(e.Error, plugin, e);
        }
    }

    public Task<ReadOnlyMemory<byte>> RunAsync(
        CniCommand command,
        NetworkConfiguration network,
        PluginConfiguration plugin,
        AttachmentParameters p,
        CniResult? previous,
        CancellationToken cancel
    ) =>
        InvokeAsync(
            command,
            network,
            plugin,
            p,
            PluginStdin.Build(network, plugin, p.CapabilityArgs, previous),
            cancel
        );

    public Task GcAsync(
        NetworkConfiguration network,
        PluginConfiguration plugin,
        AttachmentParameters p,
        ImmutableArray<ValidAttachment> valid,
        CancellationToken cancel
    ) => InvokeAsync(CniCommand.Gc, network, plugin, p, PluginStdin.BuildForGc(network, plugin, valid), cancel);

    /// <summary>One error for several: the first one's code and details, everybody's words.</summary>
    public static CniException Joined(List<CniException> failures)
    {
        if (failures.Count == 1)
            return failures[0];

        var first = failures[0].Error;
        var text = new StringBuilder(first.Message);
        for (var i = 1; i < failures.Count; i++)
            text.Append("; ").Append(LogText.OneLine(failures[i].Error.Text));
        return new CniException(first with { Message = text.ToString() }, new AggregateException(failures));
    }

    private async Task<ReadOnlyMemory<byte>> InvokeAsync(
        CniCommand command,
        NetworkConfiguration network,
        PluginConfiguration plugin,
        AttachmentParameters p,
        byte[] stdin,
        CancellationToken cancel,
        ChainProgress? progress = null
    )
    {
        cancel.ThrowIfCancellationRequested();
        var call = new PluginCall(plugin.Type, command, network.Name, stdin, Environment(command, p), p.PluginPath);
        PluginOutput output;
        progress?.Begin(); // before it runs: should anything unforeseen happen, it counts as begun
        try
        {
            output = BuiltInPlugins.Answer(call) ?? await plugins.InvokeAsync(call, cancel);
        }
        catch (CniException e)
        {
            progress?.TakeBack(); // not found: see IPluginInvoker
            throw Wrapped(e.Error, plugin, e);
        }

        if (output is PluginOutput.Failed { HasRun: false })
            progress?.TakeBack();

        return output switch
        {
            PluginOutput.Succeeded succeeded => succeeded.Stdout,
            PluginOutput.Failed failed => throw Wrapped(failed.Error, plugin),
            _ => throw new InvalidOperationException($"an invoker answered with {output.GetType().Name}"),
        };
    }

    private static ImmutableArray<KeyValuePair<string, string>> Environment(
        CniCommand command,
        AttachmentParameters p
    ) =>
        [
            new("CNI_COMMAND", command.ToWire()),
            new("CNI_CONTAINERID", p.Sandbox.Value),
            new("CNI_NETNS", p.NetNs ?? ""),
            new("CNI_ARGS", p.Args.IsDefaultOrEmpty ? "" : CniArgs.Format(p.Args)),
            new("CNI_IFNAME", p.IfName),
            new("CNI_PATH", p.PluginPath.IsDefaultOrEmpty ? "" : string.Join(':', p.PluginPath)),
        ];

    // Which verb, network and interface it was is known to whoever called: said once, the line has room for the
    // plugin's words.
    private static CniException Wrapped(CniError error, PluginConfiguration plugin, Exception? inner = null) =>
        new(error.Prefixed($"plugin {ErrorLine.Cut(LogText.OneLine(plugin.Type), ErrorLine.MaxType)}: "), inner);
}
