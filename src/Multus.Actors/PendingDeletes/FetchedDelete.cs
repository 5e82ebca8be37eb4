using Multus.Cni;
using Multus.Engine.Requests;
using Multus.Engine.State;

namespace Multus.Actors.PendingDeletes;

/// <summary>What has come of reading a stored DEL.</summary>
internal abstract record FetchedDelete
{
    private FetchedDelete() { }

    /// <summary>Reads it, for as long as the disk takes: not for an actor's handler.</summary>
    /// <param name="log">Is told what was set aside, also when nobody asks for it any more.</param>
    public static FetchedDelete Read(IPendingDeleteFolder folder, string name, ILogger log)
    {
        try
        {
            return folder.Read(name) is { } request ? new Found(request) : new Gone();
        }
        catch (PendingDeleteException e)
        {
            return SetItAside(folder, name, log, e.Message);
        }
        catch (CniException e)
        {
            return new Failed(e.Error.Text); // the configuration may be put right
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Failed(e.Message);
        }
    }

    private static FetchedDelete SetItAside(IPendingDeleteFolder folder, string name, ILogger log, string why)
    {
        try
        {
            PendingDeleteLog.SetAside(log, name, folder.SetAside(name), why);
            return new SetAside();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Failed($"{why}; it cannot be set aside either: {e.Message}");
        }
    }

    public sealed record Found(CniRequest.OfSandbox Request) : FetchedDelete;

    /// <summary>It is not stored any more.</summary>
    public sealed record Gone : FetchedDelete;

    /// <summary>It is none and never will be, and is out of the way.</summary>
    public sealed record SetAside : FetchedDelete;

    /// <summary>It may be read another time.</summary>
    public sealed record Failed(string Why) : FetchedDelete;
}
