namespace Multus.Configuration.Hocon;

/// <summary>
/// Whether a setting's key is known and its value is of the kind that the key takes; and the setting in the form that
/// Akka reads.
/// </summary>
internal sealed class SettingCheck(KnownKeys known)
{
    private const string Phases = "akka.coordinated-shutdown";
    private const string PartOfStop = "what each step of the stop may take follows from multus.node.drain-timeout";
    private const string NoTicks = "the daemon's timers do not tick";

    // Akka reads these words; another is an exception while the system starts.
    private static readonly string[] LogLevels = ["OFF", "ERROR", "WARNING", "INFO", "DEBUG"];

    // What the daemon sets itself: another value would break what it promises at its stop, or take Akka's events out of
    // its log.
    private static readonly Dictionary<string, string> Own = new(StringComparer.Ordinal)
    {
        [$"{Phases}.terminate-actor-system"] = "the process ends by its own main program",
        [$"{Phases}.exit-clr"] = "the process ends by its own main program",
        [$"{Phases}.run-by-clr-shutdown-hook"] = "requests under way are finished before the actors are stopped",
        [$"{Phases}.phases.service-unbind.timeout"] = PartOfStop,
        [$"{Phases}.phases.service-requests-done.timeout"] = PartOfStop,
        [$"{Phases}.phases.service-stop.timeout"] = PartOfStop,
        [$"{Phases}.phases.before-actor-system-terminate.timeout"] = PartOfStop,
        [$"{Phases}.phases.actor-system-terminate.timeout"] = PartOfStop,
        ["akka.scheduler.implementation"] = NoTicks,
        ["akka.scheduler.tick-duration"] = NoTicks,
        ["akka.scheduler.ticks-per-wheel"] = NoTicks,
        ["akka.loggers"] = "Akka's events go to the daemon's log",
    };

    /// <returns>What is wrong; null if nothing is.</returns>
    public string? Wrong(Setting setting)
    {
        var key = setting.Key;
        if (Own.TryGetValue(key, out var why))
            return $"{key} is not for this file: {why}";
        if (known.KindOf(key) is not { } kind)
            return Unknown(setting);
        if (kind == KeyKind.Section)
            return setting.Value is SettingValue.EmptySection
                ? null
                : $"{key} is a section: it takes {{ ... }} with settings in it";
        return setting.Value switch
        {
            SettingValue.EmptySection => $"{key} is a setting and takes a value; it is no section",
            SettingValue.List when kind != KeyKind.List => $"{key} takes one value and no list",
            SettingValue.Scalar scalar => WrongValue(key, kind, scalar.Text),
            _ => null,
        };
    }

    /// <summary>Akka knows no yes and no.</summary>
    public Setting ForAkka(Setting setting) =>
        setting.Value is SettingValue.Scalar scalar && known.KindOf(setting.Key) == KeyKind.Switch
            ? setting with
            {
                Value = new SettingValue.Scalar(scalar.Text is "on" or "true" or "yes" ? "on" : "off"),
            }
            : setting;

    private string Unknown(Setting setting)
    {
        for (var length = 1; length < setting.Path.Length; length++)
        {
            if (
                Setting.Join(setting.Path.Take(length)) is var outer
                && known.KindOf(outer) is { } kind and not KeyKind.Section
            )
                return $"{outer} is a setting and takes {Form(kind)}; there is no {setting.Key} in it";
        }

        return $"there is no key {setting.Key}"
            + (known.Nearest(setting.Key) is { } near ? $"; did you mean {near}?" : "");
    }

    // Of the daemon's own keys only the switches are looked at here: the readers of their settings know the rest
    // better, limits and all.
    private static string? WrongValue(string key, KeyKind kind, string text)
    {
        if (key is "akka.loglevel" or "akka.stdout-loglevel")
            return LogLevels.Contains(text.ToUpperInvariant())
                ? null
                : $"{key} = {text}: must be one of {string.Join(", ", LogLevels)}";
        var isAkkas = key.StartsWith("akka.", StringComparison.Ordinal);
        var fits = kind switch
        {
            KeyKind.List => false,
            KeyKind.Switch => KnownKeys.IsSwitch(text),
            KeyKind.Number when isAkkas => KnownKeys.IsNumber(text)
                || (key == "akka.log-dead-letters" && text is "on" or "off"),
            KeyKind.Duration when isAkkas => KnownKeys.IsDuration(text) || text is "infinite" or "off",
            _ => true,
        };
        return fits ? null : $"{key} = {text}: must be {Form(kind)}";
    }

    private static string Form(KeyKind kind) =>
        kind switch
        {
            KeyKind.Switch => "on or off",
            KeyKind.Number => "a number",
            KeyKind.Duration => "a duration such as 500ms, 30s or 4m",
            KeyKind.List => "a list such as [a, b]",
            _ => "a value",
        };
}
