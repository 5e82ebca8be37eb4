using System.Buffers.Text;
using Multus.Cni;
using Multus.Cni.FrontEnd;

namespace Multus.Shim;

/// <summary>
/// Never works on the network namespace that the shim itself runs in: CNI_NETNS then names the node, and delegates
/// would add to it or, worse, delete from it. Upstream finds out after the work was done (spec/cni-runtime.md §14,
/// §15.14).
/// </summary>
internal static class OwnNamespace
{
    private const string Variable = "CNI_NETNS";

    private const UnixFileMode NamespaceMode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>
    /// What is to be sent. A path may have come to mean the node's namespace since the ADD: then a DEL is about one
    /// that is gone.
    /// </summary>
    /// <exception cref="CniException">Code 8: an ADD.</exception>
    public static ShimCall Guard(ShimCall call)
    {
        if (
            call.Command is not (CniCommand.Add or CniCommand.Del)
            || IsOverridden()
            || CallEnvironment.Get(Variable) is not { } path
        )
            return call;
        if (Inode(path) is not { } theirs || Own() != theirs)
            return call;
        if (call.Command == CniCommand.Add)
            throw new CniException(
                CniErrorCode.InvalidNetNs,
                "plugin's netns and netns from CNI_NETNS should not be the same",
                path
            );

        var env = call.Request.Env.ToBuilder();
        for (var i = 0; i < env.Count; i++)
        {
            if (env[i].Key == Variable)
                env[i] = new(Variable, "");
        }

        return call with
        {
            Request = call.Request with { Env = env.DrainToImmutable() },
        };
    }

    private static bool IsOverridden() =>
        CallEnvironment.Get("CNI_NETNS_OVERRIDE") is { } value
        && (value == "1" || value.Equals("true", StringComparison.OrdinalIgnoreCase));

    // The link reads net:[4026531840].
    private static ulong? Own()
    {
        var text = new FileInfo("/proc/self/ns/net").LinkTarget.AsSpan();
        return text.StartsWith("net:[") && ulong.TryParse(text[5..^1], out var inode) ? inode : null;
    }

    /// <summary>
    /// The inode number, which fdinfo shows since Linux 5.14: namespaces are usually bind mounts, so there is no link
    /// to read, and stat is a system call that .NET does not offer. Null when it cannot be had: the daemon, which
    /// enters the namespace, then has the say.
    /// </summary>
    private static ulong? Inode(string path)
    {
        if (!File.Exists(path))
            return null; // usual for a DEL: the namespace is gone already

        try
        {
            if (!MayBeNamespace(path))
                return null;
            using var file = File.OpenHandle(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            var info = File.ReadAllBytes($"/proc/self/fdinfo/{(int)file.DangerousGetHandle()}").AsSpan();
            var at = info.IndexOf("\nino:\t"u8);
            return at >= 0 && Utf8Parser.TryParse(info[(at + 6)..], out ulong inode, out _) ? inode : null;
        }
        catch (Exception absent)
            when (absent is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>
    /// Without opening it: to open a FIFO waits until somebody writes, and to open a device may do something. Files of
    /// namespaces are empty, readable by all and writable by none, on a file system without any room (statfs). The
    /// daemon says what is wrong with another path.
    /// </summary>
    private static bool MayBeNamespace(string path) =>
        File.GetUnixFileMode(path) == NamespaceMode
        && new FileInfo(path).Length == 0
        && new DriveInfo(path).TotalSize == 0;
}
