using Xunit;

namespace Multus.TestSupport;

/// <summary>A test that runs kubectl without a cluster; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KubectlFactAttribute : FactAttribute
{
    public KubectlFactAttribute() => Skip = Requirements.Kubectl();
}

/// <summary>The theory of the same name: see <see cref="KubectlFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KubectlTheoryAttribute : TheoryAttribute
{
    public KubectlTheoryAttribute() => Skip = Requirements.Kubectl();
}
