using Multus.TestSupport;

namespace Multus.EndToEnd.Tests.Documents;

/// <summary>A test that does what a document says, with real plugins and kubectl, as root; skipped, with the reason, where one of them is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DocumentTheoryAttribute : TheoryAttribute
{
    public DocumentTheoryAttribute() =>
        Skip =
            Requirements.Root()
            ?? Requirements.Plugins("bridge", "macvlan", "host-local", "static")
            ?? Requirements.Kubectl();
}
