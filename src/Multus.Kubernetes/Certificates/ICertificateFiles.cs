namespace Multus.Kubernetes.Certificates;

/// <summary>
/// The changes that a <see cref="CertificateStore"/> makes on disk, each done when the call returns. After any of them
/// the process may be gone.
/// </summary>
internal interface ICertificateFiles
{
    /// <summary>Writes a file as a whole, for its owner only.</summary>
    void Write(string path, string content);

    void CreateLink(string path, string target);

    /// <summary>Renames a file or a link over what is there.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file or a link; that it is missing is fine.</summary>
    void Delete(string path);
}
