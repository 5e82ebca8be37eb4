using Xunit;

namespace Multus.TestSupport;

/// <summary>
/// A test that runs real CNI plugins as root; skipped, with the reason, where one of <c>plugins</c> is not installed.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PluginFactAttribute : FactAttribute
{
    public PluginFactAttribute(params string[] plugins)
    {
        Plugins = plugins;
        Skip = Requirements.Root() ?? Requirements.Plugins(plugins);
    }

    public IReadOnlyList<string> Plugins { get; }
}

/// <summary>The theory of the same name: see <see cref="PluginFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PluginTheoryAttribute : TheoryAttribute
{
    public PluginTheoryAttribute(params string[] plugins)
    {
        Plugins = plugins;
        Skip = Requirements.Root() ?? Requirements.Plugins(plugins);
    }

    public IReadOnlyList<string> Plugins { get; }
}
