using Xunit.Sdk;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>A theory that exists only where MULTUS_TEST_HELM names a Helm.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Multus.EndToEnd.Tests.Deployment.HelmTheoryDiscoverer", "Multus.EndToEnd.Tests")]
internal sealed class HelmTheoryAttribute : TheoryAttribute
{
    public static string? Helm => Environment.GetEnvironmentVariable("MULTUS_TEST_HELM");
}
