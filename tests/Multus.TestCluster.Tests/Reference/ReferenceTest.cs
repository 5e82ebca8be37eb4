using k8s;
using Multus.TestCluster.Tests.Clients;
using Multus.TestSupport;

namespace Multus.TestCluster.Tests.Reference;

/// <summary>
/// A server, and the full KubernetesClient on it: what this client understands is what a real server says.
/// </summary>
public abstract class ReferenceTest : ServerTest, IDisposable
{
    private readonly TempFolder _folder = new();
    private Kubernetes? _kubernetes;

    private protected Kubernetes Kubernetes =>
        _kubernetes ??= new Kubernetes(
            KubernetesClientConfiguration.BuildConfigFromConfigFile(
                Server.FilesIn(_folder.Path).KubeconfigWithToken(Server.Access.IssueToken())
            )
        );

    private protected string Folder => _folder.Path;

    public void Dispose()
    {
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool isDisposing)
    {
        if (!isDisposing)
            return;
        _kubernetes?.Dispose();
        _folder.Dispose();
    }
}
