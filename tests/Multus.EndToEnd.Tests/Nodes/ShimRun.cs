using System.Text.Json;

namespace Multus.EndToEnd.Tests.Nodes;

/// <summary>How a run of the shim ended, as the container runtime sees it.</summary>
public sealed record ShimRun(string What, int ExitCode, string Stdout, string Stderr)
{
    /// <summary>The result it printed.</summary>
    /// <exception cref="Xunit.Sdk.XunitException">It did not end with status 0, or printed no JSON object.</exception>
    public JsonElement Result()
    {
        Succeeded();
        return Parse();
    }

    /// <summary>The CNI error it printed: code, message, details.</summary>
    /// <exception cref="Xunit.Sdk.XunitException">It did not end with status 1, or printed no error object.</exception>
    public ShimError Error()
    {
        Assert.True(ExitCode == 1, $"expected a failure: {this}");
        var error = Parse();
        return new ShimError(
            error.GetProperty("code").GetUInt32(),
            error.GetProperty("msg").GetString()!,
            error.TryGetProperty("details", out var details) ? details.GetString()! : ""
        );
    }

    public ShimRun Succeeded()
    {
        Assert.True(ExitCode == 0, $"expected success: {this}");
        return this;
    }

    public override string ToString() => $"{What} ended with {ExitCode}; stdout: {Stdout}; stderr: {Stderr}";

    private JsonElement Parse()
    {
        try
        {
            using var json = JsonDocument.Parse(Stdout);
            return json.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new Xunit.Sdk.XunitException($"expected JSON on stdout ({e.Message}): {this}");
        }
    }
}

/// <summary>A CNI error object.</summary>
public sealed record ShimError(uint Code, string Message, string Details);
