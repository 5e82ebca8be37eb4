using System.Collections.Immutable;
using System.Globalization;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Core.Pods;
using Multus.Core.Records;
using Multus.Linux.Files;
using Multus.Linux.Plugins;
using Multus.Wire;

namespace Multus.Host.PendingDeletes;

/// <summary>
/// The operator's side of stored DELs. It works on the files alone, so it does with a daemon and without: one that runs
/// sees what has become a stored DEL again and tries it.
/// </summary>
internal sealed class PendingCommand(string cniDir, TextWriter output, TextWriter errors)
{
    private const string All = "all";

    private readonly string _folder = Path.Combine(cniDir, PendingDelete.FolderName);

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
        foreach (var name in FileNames().Order(StringComparer.Ordinal))
        {
            if (PendingDelete.IsPendingFile(name))
                output.WriteLine($"{name}  waiting  {Since(name)}");
            if (!GivenUpDelete.Is(name))
                continue;

            output.WriteLine($"{GivenUpDelete.StoredNameOf(name)}  given up  {Since(name)}");
            foreach (var words in GivenUpDelete.LeftIn(File.ReadAllBytes(PathOf(name))))
                output.WriteLine($"    may have stayed behind: {words}");
        }

        return ExitCode.Success;
    }

    private int ForEach(ImmutableArray<string> names, Func<string, bool> act)
    {
        var chosen = names.Contains(All)
            ? [.. FileNames().Where(GivenUpDelete.Is).Select(GivenUpDelete.StoredNameOf)]
            : names;
        var isFine = true;
        foreach (var name in chosen)
            isFine &= act(name);
        return isFine ? ExitCode.Success : ExitCode.Failure;
    }

    private bool Retry(string name)
    {
        if (!IsGivenUp(name))
            return false;

        File.Move(PathOf(GivenUpDelete.NameOf(name)), PathOf(name), overwrite: true);
        output.WriteLine($"{name} is stored again; the daemon tries it");
        return true;
    }

    // The record goes first: should this be interrupted, the DEL that is left finds nothing to do.
    private bool Drop(string name)
    {
        if (!IsGivenUp(name))
            return false;

        ForgetSandbox(name);
        DurableFile.Delete(PathOf(GivenUpDelete.NameOf(name)));
        output.WriteLine($"{name} is forgotten");
        return true;
    }

    // Only what is left over: a record of a sandbox that is attached is none of this DEL's.
    private void ForgetSandbox(string name)
    {
        try
        {
            var body = CniRequestBody.Parse(File.ReadAllBytes(PathOf(GivenUpDelete.NameOf(name))));
            if (!SandboxId.TryParse(body.Variable("CNI_CONTAINERID"), out var sandbox))
                return;

            var record = Path.Combine(cniDir, sandbox.Value);
            var plan = SandboxRecord.Read(
                File.ReadAllBytes(record),
                new RecordContext(sandbox, null, "", PodIdentity.None, [])
            );
            if (!plan.IsLeftover)
                return;

            var results = new FileResultCache(Path.Combine(cniDir, "results"));
            foreach (
                var attachment in plan.Attachments.Where(left =>
                    CachedAttachmentCodec.IsFileName(left.Configuration.Name, sandbox.Value, left.Parameters.IfName)
                )
            )
                results.Remove(attachment.Configuration.Name, sandbox.Value, attachment.Parameters.IfName);
            DurableFile.Delete(record);
        }
        catch (FileNotFoundException)
        {
            return; // no record: nothing more to forget
        }
        catch (Exception e) when (e is RecordFormatException or CniException or WireFormatException)
        {
            errors.WriteLine($"multus-daemon: pending: the record of {name} stays: {e.Message}");
        }
    }

    private bool IsGivenUp(string name)
    {
        if (name == Path.GetFileName(name) && File.Exists(PathOf(GivenUpDelete.NameOf(name))))
            return true;

        errors.WriteLine(
            name == Path.GetFileName(name) && File.Exists(PathOf(name))
                ? $"multus-daemon: pending: {name} has not been given up: the daemon repeats it by itself"
                : $"multus-daemon: pending: there is no {name} in {_folder}; pending list shows what is there"
        );
        return false;
    }

    private IEnumerable<string> FileNames() =>
        Directory.Exists(_folder) ? Directory.EnumerateFiles(_folder).Select(path => Path.GetFileName(path)) : [];

    private string Since(string name) =>
        File.GetLastWriteTimeUtc(PathOf(name)).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private string PathOf(string name) => Path.Combine(_folder, name);
}
