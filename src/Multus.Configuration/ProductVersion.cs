using System.Reflection;

namespace Multus.Configuration;

/// <summary>The version of the product, as all its programs say it.</summary>
public static class ProductVersion
{
    /// <summary>"0.1.0+" and the commit; empty if the build has none.</summary>
    public static string Number =>
        typeof(ProductVersion)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion
        ?? "";

    /// <summary>Without the commit: "0.1.0".</summary>
    public static string WithoutCommit => Number.Split('+')[0];
}
