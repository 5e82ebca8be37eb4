using System.Collections.Immutable;
using System.Globalization;
using Multus.Engine.State;

namespace Multus.Host.PendingDeletes;

/// <summary>The operator's side of stored DELs, as lines of text.</summary>
internal sealed class PendingCommand(string cniDir, TextWriter output, TextWriter errors)
{
    private const string All = "all";

    private readonly StoredDeleteFiles _files = new(cniDir);

    public int Run(PendingVerb verb, ImmutableArray<string> names)
    {
        try
        {
            return verb == PendingVerb.List ? List() : ForEach(names, verb == PendingVerb.Retry ? Retry : Drop);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"multus-daemon: pending: {e.Message}");
            return ExitCode.Failure;
        }
    }

    private int List()
    {
        foreach (var stored in _files.List())
        {
            var since = stored.Since.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            output.WriteLine($"{stored.Name}  {(stored.IsGivenUp ? "given up" : "waiting")}  {since}");
            foreach (var words in stored.Left)
                output.WriteLine($"    may have stayed behind: {words}");
        }

        return ExitCode.Success;
    }

    private int ForEach(ImmutableArray<string> names, Func<string, bool> act)
    {
        var isFine = true;
        foreach (var name in names.Contains(All) ? _files.GivenUp() : names)
            isFine &= act(name);
        return isFine ? ExitCode.Success : ExitCode.Failure;
    }

    private bool Retry(string name) => Said(name, _files.Retry(name), "is stored again; the daemon tries it");

    private bool Drop(string name) => Said(name, _files.Drop(name), "is forgotten");

    private bool Said(string name, StoredDeleteChange change, string done)
    {
        switch (change)
        {
            case StoredDeleteChange.Done { RecordStays: var reason }:
                if (reason is not null)
                    errors.WriteLine($"multus-daemon: pending: the record of {name} stays: {reason}");
                output.WriteLine($"{name} {done}");
                return true;
            case StoredDeleteChange.Waits:
                errors.WriteLine(
                    $"multus-daemon: pending: {name} has not been given up: the daemon repeats it by itself"
                );
                return false;
            default:
                errors.WriteLine(
                    $"multus-daemon: pending: there is no {name} in {_files.Folder}; pending list shows what is there"
                );
                return false;
        }
    }
}
