using Multus.Cni;

namespace Multus.Actors.Configuration;

/// <summary>
/// Reads settings from <c>akka.hocon</c> and collects every bad key, so that an operator sees all of them at once.
/// </summary>
/// <remarks>
/// A bad or missing value reads as its type's default; the caller looks at <see cref="Errors"/> before it uses any
/// setting.
/// </remarks>
/// <param name="config">What is read.</param>
/// <param name="placeOf">Where a key is set, as an operator looks it up; without it, errors begin with the key.</param>
public sealed class HoconReader(Config config, Func<string, string>? placeOf = null)
{
    // Timers of the framework take no more than 24 days.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(20);

    private readonly List<string> _errors = [];

    /// <summary>One line for each bad key: where it is set, the full key, the rule and what was found.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>A whole number within [<paramref name="min"/>, <paramref name="max"/>].</summary>
    public int Number(string key, int min, int max)
    {
        var value = Read(key, "a whole number", () => config.GetInt(key));
        if (value is { } number && (number < min || number > max))
            Wrong(key, $"{key} = {number}: must be between {min} and {max}");
        return value ?? min;
    }

    /// <summary>A whole number, or <c>auto</c> for <paramref name="automatic"/>.</summary>
    public int NumberOrAuto(string key, int min, int max, int automatic) =>
        Text(key) == "auto" ? automatic : Number(key, min, max);

    /// <summary>A duration of at least <paramref name="min"/>, such as <c>500ms</c>, <c>30s</c> or <c>4m</c>.</summary>
    public TimeSpan Duration(string key, TimeSpan min)
    {
        var value = Read(
            key,
            "a duration such as 500ms, 30s or 4m",
            () => HasUnit(key) ? config.GetTimeSpan(key, null, false) : throw new FormatException("no unit")
        );
        if (value is { } duration && duration < min)
            Wrong(key, $"{key} = {duration.TotalMilliseconds} ms: must be at least {min.TotalMilliseconds} ms");
        if (value > Longest)
            Wrong(key, $"{key} = {Text(key)}: must be at most {Longest.TotalDays} days");
        return value ?? min;
    }

    /// <summary>A size in bytes, such as <c>1MiB</c>.</summary>
    public int Bytes(string key, int min, int max)
    {
        var value = Read(
            key,
            "a size such as 64KiB or 1MiB",
            () => config.GetByteSize(key) ?? throw new FormatException("no size")
        );
        if (value is { } bytes && (bytes < min || bytes > max))
            Wrong(key, $"{key} = {bytes} bytes: must be between {min} and {max}");
        return (int)Math.Clamp(value ?? min, min, max);
    }

    /// <summary><c>on</c> or <c>off</c>.</summary>
    public bool Switch(string key) => Read(key, "on or off", () => config.GetBoolean(key)) ?? false;

    /// <summary><c>retry-min</c> and <c>retry-max</c> of a section.</summary>
    public Backoff Backoff(string section)
    {
        var min = Duration($"{section}.retry-min", TimeSpan.FromMilliseconds(1));
        return new Backoff(min, Duration($"{section}.retry-max", min));
    }

    private string? Text(string key) => config.HasPath(key) ? config.GetString(key) : null;

    // Akka takes a bare number for milliseconds; who writes 30 means seconds, or forgot.
    private bool HasUnit(string key) => Text(key) is [.., not (>= '0' and <= '9')];

    private void Wrong(string key, string what) => _errors.Add(placeOf is null ? what : $"{placeOf(key)}: {what}");

    private T? Read<T>(string key, string expected, Func<T> read)
        where T : struct
    {
        if (!config.HasPath(key))
        {
            Wrong(key, $"{key}: missing; it must be {expected}");
            return null;
        }

        try
        {
            return read();
        }
        catch (Exception e)
            when (e is FormatException or ConfigurationException or OverflowException or InvalidOperationException)
        {
            Wrong(key, $"{key} = {Text(key)}: must be {expected}");
            return null;
        }
    }
}
