using Multus.Cni;
using Multus.Engine.Requests;
using Multus.Engine.State;

namespace Multus.Actors.PendingDeletes;

/// <summary>What has come of reading a stored DEL.</summary>
internal abstract record FetchedDelete
{
    private FetchedDelete() { }

    /// <summary>Reads it, for as long as the disk takes: not for an actor's handler.</summary>
    public static FetchedDelete Read(IPendingDeleteFolder folder, string name)
    {
        try
        {
            return folder.Read(name) is { } request ? new Found(request) : new Gone();
        }
        catch (PendingDeleteException e)
        {
            return SetItAside(folder, name, e.Message);
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

    private static FetchedDelete SetItAside(IPendingDeleteFolder folder, string name, string why)
    {
        try
        {
            return new SetAside(folder.SetAside(name), why);
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
    public sealed record SetAside(string Kept, string Why) : FetchedDelete;

    /// <summary>It may be read another time.</summary>
    public sealed record Failed(string Why) : FetchedDelete;
}
