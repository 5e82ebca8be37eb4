namespace Multus.Thin.Installation;

/// <summary>The flags of <c>multus install</c>, each as <c>--flag value</c> or <c>--flag=value</c>.</summary>
internal sealed record InstallOptions
{
    public string BinDir { get; private init; } = "/opt/cni/bin";

    public string CniConfDir { get; private init; } = "/etc/cni/net.d";

    public string Kubeconfig { get; private init; } = "/etc/cni/net.d/multus.d/multus.kubeconfig";

    /// <summary>Empty: the first file in <see cref="CniConfDir"/> that is not Multus' own, at the time of each
    /// ADD.</summary>
    public string ClusterNetwork { get; private init; } = "";

    public string ServiceAccountDir { get; private init; } =
        Multus.Kubernetes.Api.Configuration.InCluster.DefaultFolder;

    /// <summary>Write the files and end.</summary>
    public bool IsOnce { get; private init; }

    /// <summary>Remove the configuration of the runtime at SIGTERM. Without it new pods wait for the next
    /// installer.</summary>
    public bool RemovesConfigurationOnExit { get; private init; }

    public string RuntimeConfiguration => Path.Combine(CniConfDir, "00-multus.conf");

    /// <exception cref="ArgumentException">There is no such flag, or its value is missing.</exception>
    public static InstallOptions Parse(IEnumerable<string> arguments)
    {
        var options = new InstallOptions();
        var rest = new Queue<string>(arguments);
        while (rest.TryDequeue(out var argument))
        {
            var parts = argument.Split('=', 2);
            options = parts[0] switch
            {
                "--bin-dir" => options with { BinDir = Value() },
                "--cni-conf-dir" => options with { CniConfDir = Value() },
                "--kubeconfig" => options with { Kubeconfig = Value() },
                "--cluster-network" => options with { ClusterNetwork = Value() },
                "--service-account-dir" => options with { ServiceAccountDir = Value() },
                "--once" when parts.Length == 1 => options with { IsOnce = true },
                "--cleanup-config-on-exit" when parts.Length == 1 => options with { RemovesConfigurationOnExit = true },
                _ => throw new ArgumentException($"unknown argument '{argument}'"),
            };

            string Value() =>
                parts is [_, { Length: > 0 } joined] ? joined
                : parts.Length == 1 && rest.TryDequeue(out var next) ? next
                : throw new ArgumentException($"{parts[0]} needs a value");
        }

        return options;
    }
}
