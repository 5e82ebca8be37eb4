using System.Diagnostics.CodeAnalysis;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Nodes;

/// <summary>
/// A test on a node of its own. The daemon's log is in the test's output, and so beside the message of a failure.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit disposes of it through IAsyncLifetime")]
public abstract class NodeTest(ITestOutputHelper output, Flavour flavour = Flavour.Thick) : IAsyncLifetime
{
    private Node? _node;

    protected Node Node => _node!; // xunit calls InitializeAsync before the test

    public virtual Task InitializeAsync()
    {
        _node = new Node(flavour);
        return Task.CompletedTask;
    }

    public virtual async Task DisposeAsync()
    {
        if (_node is not { } node)
            return;

        await node.DisposeAsync();
        output.WriteLine(node.Log.ToString());
    }
}
