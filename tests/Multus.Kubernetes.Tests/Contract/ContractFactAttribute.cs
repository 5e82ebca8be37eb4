using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Multus.Kubernetes.Tests.Contract;

/// <summary>
/// A fact of every implementation. A class marked <see cref="OnlyWithAttribute"/> has none of them while its variable
/// is not set.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Multus.Kubernetes.Tests.Contract.ContractFactDiscoverer", "Multus.Kubernetes.Tests")]
public sealed class ContractFactAttribute : FactAttribute;

/// <summary>
/// Names the environment variable without which the class has no tests at all: they need something outside this
/// machine.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OnlyWithAttribute(string variable) : Attribute
{
    public string Variable => variable;
}

public sealed class ContractFactDiscoverer(IMessageSink diagnostics) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions,
        ITestMethod testMethod,
        IAttributeInfo factAttribute
    )
    {
        var onlyWith = testMethod.TestClass.Class.ToRuntimeType().GetCustomAttribute<OnlyWithAttribute>();
        var isWanted = onlyWith is null || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(onlyWith.Variable));
        return isWanted
            ?
            [
                new XunitTestCase(
                    diagnostics,
                    discoveryOptions.MethodDisplayOrDefault(),
                    discoveryOptions.MethodDisplayOptionsOrDefault(),
                    testMethod
                ),
            ]
            : [];
    }
}
