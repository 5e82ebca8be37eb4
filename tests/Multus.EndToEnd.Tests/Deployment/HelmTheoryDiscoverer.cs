using Xunit.Abstractions;
using Xunit.Sdk;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>Finds no case where there is no Helm.</summary>
/// <param name="diagnostics">xunit's.</param>
public sealed class HelmTheoryDiscoverer(IMessageSink diagnostics) : TheoryDiscoverer(diagnostics)
{
    public override IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions,
        ITestMethod testMethod,
        IAttributeInfo theoryAttribute
    ) =>
        string.IsNullOrEmpty(HelmTheoryAttribute.Helm)
            ? []
            : base.Discover(discoveryOptions, testMethod, theoryAttribute);
}
