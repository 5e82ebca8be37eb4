using System.Collections.Immutable;

namespace Multus.Kubernetes.Api.Configuration;

/// <summary>A program that says who we are (client.authentication.k8s.io).</summary>
/// <param name="ApiVersion">client.authentication.k8s.io/v1 or /v1beta1: what it is spoken to in, and must answer
/// in.</param>
/// <param name="Command">An absolute path, or a name to be looked up in PATH.</param>
/// <param name="Environment">On top of the daemon's own.</param>
/// <param name="GetsClusterInfo">Whether it is told of the cluster.</param>
/// <param name="InstallHint">For whoever reads that the command does not exist.</param>
public sealed record ExecPlugin(
    string ApiVersion,
    string Command,
    ImmutableArray<string> Arguments,
    ImmutableArray<KeyValuePair<string, string>> Environment,
    bool GetsClusterInfo,
    string? InstallHint
);

/// <summary>Runs credential plugins. This project starts no processes; who has a process runner gives one.</summary>
public interface IExecPluginRunner
{
    /// <param name="plugin">With KUBERNETES_EXEC_INFO among its environment.</param>
    /// <exception cref="IOException">It could not be started, or did not end in time.</exception>
    Task<ExecPluginEnd> RunAsync(ExecPlugin plugin, CancellationToken cancel);
}

/// <param name="Stdout">An ExecCredential, if <paramref name="ExitCode"/> is 0.</param>
/// <param name="Stderr">For the error text.</param>
public sealed record ExecPluginEnd(int ExitCode, ReadOnlyMemory<byte> Stdout, string Stderr);
