using System.Text.Json;
using Multus.Cni;
using Multus.Wire;

namespace Multus.Shim;

/// <summary>What the shim itself reads of the CNI configuration.</summary>
/// <param name="Socket">Where the daemon listens: <c>daemonSocketDir</c>, upstream's key.</param>
/// <param name="CniDir">Where a DEL is kept that cannot be handed over: <c>cniDir</c>, upstream's key.</param>
/// <param name="Wait">How long to wait for a daemon that is away: <c>daemonWaitSeconds</c>, 20 by default, for STATUS
/// never above 10: a rollout replaces the daemon in that time, and the runtime asks again.</param>
/// <param name="Timeout">How long an answer may take: <c>daemonTimeoutSeconds</c>, by default 600 for ADD and 60 for
/// the others.</param>
internal sealed record ShimSettings(string Socket, string CniDir, TimeSpan Wait, TimeSpan Timeout)
{
    // A day: more is a mistake, and would not fit the milliseconds of a socket option.
    private const double MostSeconds = 86_400;

    // The kubelet asks every five seconds and takes a node whose runtime says no for NotReady at once; it waits two
    // minutes for an answer.
    private static readonly TimeSpan LongestWaitOfStatus = TimeSpan.FromSeconds(10);

    /// <exception cref="CniException">Code 7, naming the key, its value and what is allowed.</exception>
    public static ShimSettings Read(JsonElement config, CniCommand command)
    {
        var wait = Seconds(config, "daemonWaitSeconds", byDefault: 20, least: 0);
        return new(
            WirePaths.Socket(Text(config, "daemonSocketDir") ?? WirePaths.DefaultSocketDir),
            Text(config, "cniDir") ?? PendingDelete.DefaultCniDir,
            command == CniCommand.Status && wait > LongestWaitOfStatus ? LongestWaitOfStatus : wait,
            Seconds(config, "daemonTimeoutSeconds", byDefault: command == CniCommand.Add ? 600 : 60, least: 0.001)
        );
    }

    private static string? Text(JsonElement config, string key)
    {
        if (CniJson.Find(config, key) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            throw Unusable(key, value, "a path");
        return value.GetString() is { Length: > 0 } text ? text : null;
    }

    private static TimeSpan Seconds(JsonElement config, string key, double byDefault, double least)
    {
        if (CniJson.Find(config, key) is not { } value)
            return TimeSpan.FromSeconds(byDefault);
        if (
            value.ValueKind != JsonValueKind.Number
            || !value.TryGetDouble(out var seconds)
            || seconds < least
            || seconds > MostSeconds
        )
            throw Unusable(key, value, "a number of seconds from 0 to 86400");
        return TimeSpan.FromSeconds(seconds);
    }

    private static CniException Unusable(string key, JsonElement value, string allowed) =>
        new(
            CniErrorCode.InvalidNetworkConfig,
            $"\"{key}\" in the CNI configuration is "
                + $"{(value.GetRawText() is { Length: <= 40 } raw ? raw : "something long")}: expected {allowed}"
        );
}
