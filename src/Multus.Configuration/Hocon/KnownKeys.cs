using System.Globalization;
using AkkaValue = Akka.Configuration.Hocon.HoconValue;

namespace Multus.Configuration.Hocon;

/// <summary>
/// The keys that there are: those of the built-in akka.hocon and those of Akka's own reference configuration.
/// </summary>
internal sealed class KnownKeys
{
    private const string Dispatcher = "akka.actor.default-dispatcher";

    private static readonly string[] DurationUnits =
    [
        "ms",
        "millis",
        "millisecond",
        "milliseconds",
        "s",
        "second",
        "seconds",
        "m",
        "minute",
        "minutes",
        "h",
        "hour",
        "hours",
        "d",
        "day",
        "days",
    ];

    private readonly SortedDictionary<string, KeyKind> _kinds = new(StringComparer.Ordinal);

    /// <param name="builtIn">The built-in akka.hocon.</param>
    /// <param name="reference">Akka's reference configuration.</param>
    /// <param name="dispatchers">Sections of the built-in file that are dispatchers: they take what Akka's own
    /// dispatcher takes.</param>
    public KnownKeys(Config builtIn, Config reference, params IEnumerable<string> dispatchers)
    {
        Add("", reference.Root);
        Add("", builtIn.Root);
        foreach (var dispatcher in dispatchers)
            Add(dispatcher, reference.GetValue(Dispatcher));
    }

    public KeyKind? KindOf(string key) => _kinds.TryGetValue(key, out var kind) ? kind : null;

    /// <summary>The key that an operator is likely to have meant; null if none is near.</summary>
    public string? Nearest(string key)
    {
        var name = key[(key.LastIndexOf('.') + 1)..];
        return Spelling.NearestOf(
            _kinds.Keys,
            known => Spelling.Distance(key, known),
            (known, distance) =>
                (known.EndsWith($".{name}", StringComparison.Ordinal) && SameRoot(key, known))
                || Spelling.IsSlip(distance, name.Length)
        );
    }

    public static bool IsSwitch(string text) => text is "on" or "off" or "true" or "false" or "yes" or "no";

    public static bool IsNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    public static bool IsDuration(string text)
    {
        var number = text.TrimEnd("abcdefghijklmnopqrstuvwxyz".ToCharArray());
        return DurationUnits.Contains(text[number.Length..])
            && double.TryParse(number.TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _);
    }

    private void Add(string key, AkkaValue value)
    {
        if (!value.IsObject())
        {
            _kinds[key] = KindOf(value);
            return;
        }

        if (key.Length > 0)
            _kinds[key] = KeyKind.Section;
        foreach (var (name, inner) in value.GetObject().Items)
            Add(key.Length == 0 ? Setting.Join([name]) : $"{key}.{Setting.Join([name])}", inner);
    }

    private static KeyKind KindOf(AkkaValue value)
    {
        if (value.Values.Any(part => part.IsArray()))
            return KeyKind.List;
        return value.GetString() switch
        {
            null => KeyKind.Text,
            var text when IsSwitch(text) => KeyKind.Switch,
            var text when IsNumber(text) => KeyKind.Number,
            var text when IsDuration(text) => KeyKind.Duration,
            _ => KeyKind.Text,
        };
    }

    private static bool SameRoot(string one, string other) => one.Split('.')[0] == other.Split('.')[0];
}

/// <summary>What a key's value has to be, as far as the value that is built in shows it.</summary>
internal enum KeyKind
{
    Section,
    Switch,
    Number,
    Duration,
    List,
    Text,
}
