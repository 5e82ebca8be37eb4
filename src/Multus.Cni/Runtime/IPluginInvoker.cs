namespace Multus.Cni.Runtime;

/// <summary>Runs plugins. Deadlines, slots and the bounds of their output are its own business.</summary>
public interface IPluginInvoker
{
    /// <summary>Finds the binary and runs it once; never retries a plugin that ran.</summary>
    /// <exception cref="CniException">The binary was not found; means the same as
    /// <see cref="PluginOutput.Failed"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled by the caller's token; the process is gone.</exception>
    Task<PluginOutput> InvokeAsync(PluginCall call, CancellationToken cancel);
}
