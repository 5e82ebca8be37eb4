using System.Text;
using Multus.Linux.Files;

namespace Multus.Kubernetes.Certificates;

/// <summary>The same on the disk of this machine.</summary>
internal sealed class CertificateFiles : ICertificateFiles
{
    public void Write(string path, string content) =>
        DurableFile.Replace(path, Encoding.UTF8.GetBytes(content), UnixFileMode.UserRead | UnixFileMode.UserWrite);

    public void CreateLink(string path, string target) => DurableFile.CreateLink(path, target);

    public void Rename(string from, string to) => DurableFile.Rename(from, to);

    public void Delete(string path) => DurableFile.Delete(path);
}
