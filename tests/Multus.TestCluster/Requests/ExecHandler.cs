using Multus.TestCluster.Objects;

namespace Multus.TestCluster.Requests;

/// <summary>What a command does in the container of a pod.</summary>
public delegate Task<ExecPrinted> ExecHandler(StoredObject pod, IReadOnlyList<string> command);

/// <summary>What it printed, and how it ended.</summary>
public sealed record ExecPrinted(int ExitCode, string Stdout, string Stderr);
