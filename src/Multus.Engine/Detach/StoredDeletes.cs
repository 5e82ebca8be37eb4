using Multus.Cni;
using Multus.Engine.Requests;
using Multus.Engine.State;

namespace Multus.Engine.Detach;

/// <summary>
/// Carries out the DELs that are stored, each once, where no daemon does. What fails stays stored, for the next GC, a
/// DEL of the runtime's, or a daemon that comes later.
/// </summary>
/// <param name="engine">Carries them out.</param>
public sealed class StoredDeletes(SandboxEngine engine)
{
    private readonly IPendingDeleteFolder _folder = engine.Ports.PendingDeletes;
    private readonly ILogger _log = engine.Ports.Log;

    /// <summary>Does so, the oldest first.</summary>
    /// <exception cref="OperationCanceledException">It was given up; what is not done stays stored.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        IReadOnlyList<StoredDelete> stored;
        try
        {
            stored = _folder.List();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            StoredDeleteLog.Unreadable(_log, _folder.Path, e.Message);
            return;
        }

        foreach (var delete in stored)
            await CarryOutAsync(delete.Name, stop).ConfigureAwait(false);
    }

    private async Task CarryOutAsync(string name, CancellationToken stop)
    {
        try
        {
            if (_folder.Read(name) is not { } request)
                return; // done meanwhile

            if (await engine.RunAsync(request, stop).ConfigureAwait(false) is CniReply.Refused refused)
                StoredDeleteLog.Failed(_log, name, refused.Error.Text);
            else
                StoredDeleteLog.Done(_log, name, request.Request.Sandbox.Value);
        }
        catch (PendingDeleteException e)
        {
            SetAside(name, e.Message);
        }
        catch (CniException e)
        {
            StoredDeleteLog.Failed(_log, name, e.Error.Text); // the configuration may be put right
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            StoredDeleteLog.Failed(_log, name, e.Message);
        }
    }

    private void SetAside(string name, string why)
    {
        try
        {
            StoredDeleteLog.SetAside(_log, name, _folder.SetAside(name), why);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            StoredDeleteLog.Failed(_log, name, $"{why}; it cannot be set aside either: {e.Message}");
        }
    }
}
