using Xunit;

namespace Multus.TestSupport;

/// <summary>
/// A test that makes namespaces, links or mounts; skipped, with the reason, when it does not run as root.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = Requirements.Root();
}

/// <summary>The theory of the same name: see <see cref="RootFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute() => Skip = Requirements.Root();
}
