using System.Collections.Immutable;
using System.Text;
using Multus.Linux.Processes;

namespace Multus.Linux.Tests.Processes;

/// <summary>Runs of real programs, with limits that do not matter unless a test says so.</summary>
internal static class Specs
{
    public static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(60);

    public static ImmutableArray<KeyValuePair<string, string>> SearchPath { get; } =
    [new("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")];

    public static ProcessSpec Of(string path, string stdin = "") =>
        new(
            path,
            Encoding.UTF8.GetBytes(stdin),
            SearchPath,
            LongEnough,
            MaxStdoutBytes: 1 << 20,
            MaxStderrBytes: 1 << 16
        );

    /// <summary>A shell that reads its script from stdin, as plugins get their configuration.</summary>
    public static ProcessSpec Shell(string script) => Of("/bin/sh", script);

    public static string Out(this ProcessResult result) => Encoding.UTF8.GetString(result.Stdout.Span);

    public static string Err(this ProcessResult result) => Encoding.UTF8.GetString(result.Stderr.Span);
}
