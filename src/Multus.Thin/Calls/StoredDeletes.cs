using Multus.Cni;
using Multus.Engine;
using Multus.Engine.Requests;
using Multus.Engine.State;

namespace Multus.Thin.Calls;

/// <summary>
/// Carries out the DELs that are stored, each once. What fails stays stored, for the next GC, a DEL of the runtime's,
/// or a daemon that comes later.
/// </summary>
internal sealed class StoredDeletes(SandboxEngine engine)
{
    private readonly IPendingDeleteFolder _folder = engine.Ports.PendingDeletes;
    private readonly ILogger _log = engine.Ports.Log;

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
            ThinCallLog.StoredUnreadable(_log, _folder.Path, e.Message);
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
                ThinCallLog.StoredFailed(_log, name, refused.Error.Text);
            else
                ThinCallLog.StoredDone(_log, name, request.Request.Sandbox.Value);
        }
        catch (PendingDeleteException e)
        {
            SetAside(name, e.Message);
        }
        catch (CniException e)
        {
            ThinCallLog.StoredFailed(_log, name, e.Error.Text); // the configuration may be put right
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ThinCallLog.StoredFailed(_log, name, e.Message);
        }
    }

    private void SetAside(string name, string why)
    {
        try
        {
            ThinCallLog.StoredSetAside(_log, name, _folder.SetAside(name), why);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ThinCallLog.StoredFailed(_log, name, $"{why}; it cannot be set aside either: {e.Message}");
        }
    }
}
