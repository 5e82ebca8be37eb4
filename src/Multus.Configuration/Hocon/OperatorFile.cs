using System.Text;

namespace Multus.Configuration.Hocon;

/// <summary>
/// A file of an operator's that is laid over the built-in akka.hocon: checked here as a whole, before Akka sees any of
/// it.
/// </summary>
internal sealed class OperatorFile
{
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    private readonly string _file;
    private readonly Dictionary<string, Place> _places = new(StringComparer.Ordinal);

    private OperatorFile(string file, IReadOnlyList<Setting> settings)
    {
        _file = file;
        foreach (var setting in settings)
            _places[setting.Key] = setting.Place;
        Config = ConfigurationFactory.ParseString(HoconWriter.Write(settings));
    }

    public Config Config { get; }

    /// <summary>Where a key is set: "/etc/multus/akka.hocon:3:5"; null if it is not set in this file.</summary>
    public string? PlaceOf(string key) => _places.TryGetValue(key, out var place) ? $"{_file}:{place}" : null;

    /// <summary>
    /// Reads the file; each mistake adds a line with file, line and column to <paramref name="errors"/>.
    /// </summary>
    /// <returns>What could be read of it: with errors, it is good for nothing but finding more of them.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static OperatorFile Load(string file, KnownKeys known, List<string> errors)
    {
        if (TextOf(File.ReadAllBytes(file)) is not { } text)
        {
            errors.Add($"{file}: is not UTF-8 text");
            return new OperatorFile(file, []);
        }

        var check = new SettingCheck(known);
        var (settings, mistake) = HoconText.Read(text);
        var good = new List<Setting>();
        foreach (var setting in settings)
        {
            if (check.Wrong(setting) is { } wrong)
                errors.Add($"{file}:{setting.Place}: {wrong}");
            else
                good.Add(check.ForAkka(setting));
        }

        if (mistake is not null)
            errors.Add($"{file}:{mistake.Place}: {mistake.Text}");
        return new OperatorFile(file, good);
    }

    // Editors of other systems put a byte order mark first.
    private static string? TextOf(byte[] content)
    {
        try
        {
            return Strict.GetString(content).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            return null; // told to the operator by the caller
        }
    }
}
