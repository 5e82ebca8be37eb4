using System.Globalization;

namespace Multus.ActorKernel.Configuration;

/// <summary>A configuration, read by path: <c>akka.actor.default-dispatcher</c>. A getter returns its default for what is not there, and throws for what is there but wrong.</summary>
public sealed class Config
{
    public static readonly Config Empty = new(new HoconObject(default));

    private readonly HoconObject _root;

    internal Config(HoconObject root) => _root = root;

    public bool IsEmpty => _root.Fields.Count == 0;

    /// <summary>The keys of the top level.</summary>
    internal IEnumerable<string> Keys => _root.Fields.Keys;

    /// <exception cref="ConfigurationException">The text is no HOCON.</exception>
    public static implicit operator Config(string str) => ConfigurationFactory.ParseString(str);

    public static Config FromString(string str) => str;

    /// <summary>Whether there is a value other than null.</summary>
    public bool HasPath(string path) => Find(path) is not null;

    public string? GetString(string path, string? @default = null) => Find(path) switch
    {
        null => @default,
        HoconText text => text.Text,
        var other => throw Wrong(path, other, "text"),
    };

    public int GetInt(string path, int @default = 0) => Read(path, @default, "a whole number", static text =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null);

    public long GetLong(string path, long @default = 0) => Read(path, @default, "a whole number", static text =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null);

    public double GetDouble(string path, double @default = 0) => Read(path, @default, "a number", static text =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null);

    public float GetFloat(string path, float @default = 0) => (float)GetDouble(path, @default);

    public bool GetBoolean(string path, bool @default = false) => Read<bool>(path, @default, "on, off, true or false", static text => text switch
    {
        "on" or "true" => true,
        "off" or "false" => false,
        _ => null,
    });

    /// <summary>A duration: <c>10s</c>, <c>500 ms</c>, <c>infinite</c>; a bare number means milliseconds. Infinite is <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    public TimeSpan GetTimeSpan(string path, TimeSpan? @default = null, bool allowInfinite = true) =>
        Read(path, @default ?? TimeSpan.Zero, allowInfinite ? "a duration like 10s, 500ms or infinite" : "a duration like 10s or 500ms", text =>
            HoconUnits.Duration(text) is { } value && (allowInfinite || value != Timeout.InfiniteTimeSpan) ? value : null);

    /// <summary>A size in bytes: <c>64KiB</c>, <c>1 MB</c>, <c>512</c>; <c>k</c>, <c>m</c>, <c>g</c> count in 1024s. Null if there is none.</summary>
    public long? GetByteSize(string path) => HasPath(path) ? GetByteSize(path, null) : null;

    /// <inheritdoc cref="GetByteSize(string)"/>
    public long? GetByteSize(string path, long? def = null) =>
        HasPath(path) ? Read(path, 0L, "a size like 64KiB, 1MB or 512", HoconUnits.ByteSize) : def;

    /// <summary>The items of an array of text; empty if there is none.</summary>
    public IList<string> GetStringList(string path) => GetStringList(path, []);

    public IList<string> GetStringList(string path, string[] defaultPaths) => Find(path) switch
    {
        null => [.. defaultPaths],
        HoconArray array => [.. array.Items.Select(item => item is HoconText text ? text.Text : throw Wrong(path, item, "an array of text"))],
        var other => throw Wrong(path, other, "an array"),
    };

    /// <summary>The object at the path as a configuration of its own; null if there is none.</summary>
    public Config? GetConfig(string path) => Find(path) switch
    {
        null => null,
        HoconObject nested => new Config(nested),
        var other => throw Wrong(path, other, "an object"),
    };

    /// <summary>This configuration, and for what it does not say the other.</summary>
    public Config WithFallback(Config fallback)
    {
        ArgumentNullException.ThrowIfNull(fallback);
        return ReferenceEquals(this, fallback) || fallback.IsEmpty ? this : IsEmpty ? fallback : new Config(fallback._root.MergedWith(_root));
    }

    private static string Kind(HoconValue value) => value switch
    {
        HoconObject => "an object",
        HoconArray => "an array",
        HoconText text => $"'{text.Text}'",
        _ => value.GetType().Name,
    };

    private static ConfigurationException Wrong(string path, HoconValue found, string expected) =>
        new($"{path} must be {expected}, but is {Kind(found)} ({found.Position})");

    private T Read<T>(string path, T @default, string expected, Func<string, T?> parse)
        where T : struct => Find(path) switch
        {
            null => @default,
            HoconText text => parse(text.Text.Trim()) ?? throw Wrong(path, text, expected),
            var other => throw Wrong(path, other, expected),
        };

    private HoconValue? Find(string path)
    {
        HoconValue found = _root;
        foreach (var element in HoconPath.Parse(path))
        {
            if (found is not HoconObject nested || !nested.TryGet(element, out var value))
                return null;
            found = value;
        }

        return found is HoconText { IsNull: true } ? null : found;
    }
}

/// <summary>Tests on configurations.</summary>
public static class ConfigExtensions
{
    public static bool IsNullOrEmpty(this Config? config) => config is null || config.IsEmpty;
}
