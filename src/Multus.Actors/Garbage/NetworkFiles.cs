using Multus.Core.Records;
using Multus.Linux.Files;

namespace Multus.Actors.Garbage;

/// <summary>
/// The networks that sandboxes of this node have ever been attached to, one file each, in <c>{cniDir}/networks</c>.
/// They outlive the records, so that GC can have plugins clean up after a sandbox of which nothing else is left.
/// </summary>
internal sealed class NetworkFiles(string cniDir)
{
    public const string FolderName = "networks";
    private const string Extension = ".json";
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder = Path.Combine(cniDir, FolderName);

    /// <summary>
    /// When this returns, the network is remembered, also after a crash of the node. A look at the folder when it was
    /// before.
    /// </summary>
    public void Remember(AttachedNetwork network)
    {
        if (!File.Exists(PathOf(network)))
            Replace(network);
    }

    /// <summary>Remembers it as it is now.</summary>
    public void Replace(AttachedNetwork network)
    {
        DurableFile.CreateFolder(_folder, FolderMode);
        DurableFile.Replace(PathOf(network), network.ToJson(), FileMode);
    }

    public void Forget(AttachedNetwork network) => DurableFile.Delete(PathOf(network));

    /// <summary>All of them; one that cannot be read is said and passed over, for it cannot be collected.</summary>
    public IReadOnlyList<AttachedNetwork> List(ILogger log)
    {
        if (!Directory.Exists(_folder))
            return [];

        var networks = new List<AttachedNetwork>();
        foreach (var path in Directory.EnumerateFiles(_folder, $"*{Extension}").Order(StringComparer.Ordinal))
        {
            try
            {
                networks.Add(AttachedNetwork.Parse(RegularFile.Read(path)));
            }
            catch (Exception e) when (e is RecordFormatException or IrregularFileException)
            {
                GarbageLog.NetworkUnreadable(log, path, e.Message);
            }
        }

        return networks;
    }

    private string PathOf(AttachedNetwork network) => Path.Combine(_folder, network.Key + Extension);
}
