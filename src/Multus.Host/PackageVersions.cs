using System.Reflection;

namespace Multus.Host;

/// <summary>The packages that this binary runs on, with the versions that their own assemblies carry.</summary>
internal static class PackageVersions
{
    /// <summary>One line for each package: its name, a blank, its version.</summary>
    public static IReadOnlyList<string> Lines { get; } =
    [
        Line("Akka", typeof(ActorSystem)),
        Line("Akka.Hosting", typeof(AkkaConfigurationBuilder)),
        Line("Grpc.Net.Client", typeof(Grpc.Net.Client.GrpcChannel)),
        Line("KubernetesClient.Aot", typeof(k8s.Kubernetes)),
        Line("Serilog", typeof(Serilog.LoggerConfiguration)),
    ];

    // The informational version is the package's, with the commit behind a plus.
    private static string Line(string package, Type ofIt)
    {
        var version = ofIt.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return $"{package} {version?.Split('+')[0] ?? "unknown"}";
    }
}
