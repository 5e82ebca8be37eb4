using System.Diagnostics;
using System.Text;

namespace Multus.Shim.Tests.Support;

public sealed record ShimRun(int ExitCode, string Stdout, string Stderr);

/// <summary>
/// Runs the real shim. By default the assembly that the tests were built with; MULTUS_SHIM names another binary, such
/// as the published one.
/// </summary>
public static class ShimProcess
{
    private static readonly string? Binary = Environment.GetEnvironmentVariable("MULTUS_SHIM");

    /// <summary>What a runtime sets for one verb. An empty value stands for a variable that is not there.</summary>
    public static Dictionary<string, string> Call(string command, params (string Name, string Value)[] changes)
    {
        var environment = new Dictionary<string, string>
        {
            ["CNI_COMMAND"] = command,
            ["CNI_CONTAINERID"] = "c1",
            ["CNI_NETNS"] = "/nowhere/netns/n1",
            ["CNI_IFNAME"] = "eth0",
            ["CNI_ARGS"] = "IgnoreUnknown=1;K8S_POD_NAMESPACE=ns1;K8S_POD_NAME=p1",
            ["CNI_PATH"] = "/opt/cni/bin",
        };
        foreach (var (name, value) in changes)
            environment[name] = value;
        return environment;
    }

    public static async Task<ShimRun> RunAsync(
        Dictionary<string, string> environment,
        string stdin,
        params string[] arguments
    )
    {
        using var process = Start(environment, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.WriteAsync(stdin);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The shim decided without reading stdin and is gone: what it said is what the test is about.
        }

        await process.WaitForExitAsync();
        return new(process.ExitCode, await output, await errors);
    }

    private static Process Start(Dictionary<string, string> environment, string[] arguments)
    {
        var start = new ProcessStartInfo(Binary ?? Environment.ProcessPath ?? "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        if (Binary is null)
        {
            start.ArgumentList.Add("exec");
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "multus-shim.dll"));
        }

        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            if (value.Length > 0)
                start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException("the shim could not be started");
    }
}
