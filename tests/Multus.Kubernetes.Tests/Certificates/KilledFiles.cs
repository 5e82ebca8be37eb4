using Multus.Kubernetes.Certificates;

namespace Multus.Kubernetes.Tests.Certificates;

/// <summary>
/// Files on disk, changed until the process is killed: before, in the middle of, or after one of the changes.
/// </summary>
/// <param name="survives">How many changes are made.</param>
/// <param name="leavesHalf">Whether the next one is begun: of a write the half of a temporary file is left.</param>
internal sealed class KilledFiles(int survives, bool leavesHalf) : ICertificateFiles
{
    private readonly CertificateFiles _disk = new();

    /// <summary>Changes so far.</summary>
    public int Made { get; private set; }

    public void Write(string path, string content)
    {
        if (Made == survives && leavesHalf)
        {
            var (folder, name) = (Path.GetDirectoryName(path)!, Path.GetFileName(path));
            File.WriteAllText(Path.Combine(folder, $".{name}.0123456789abcdef.tmp"), content[..(content.Length / 2)]);
        }

        Change(() => _disk.Write(path, content));
    }

    public void CreateLink(string path, string target) => Change(() => _disk.CreateLink(path, target));

    public void Rename(string from, string to) => Change(() => _disk.Rename(from, to));

    public void Delete(string path) => Change(() => _disk.Delete(path));

    private void Change(Action change)
    {
        if (Made == survives)
            throw new KilledException();
        change();
        Made++;
    }
}
