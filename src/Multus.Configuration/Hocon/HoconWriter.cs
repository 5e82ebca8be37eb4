using System.Globalization;
using System.Text;

namespace Multus.Configuration.Hocon;

/// <summary>
/// Writes settings in the one form that every HOCON parser reads alike: a line for each, the whole path, the value in
/// quotes.
/// </summary>
internal static class HoconWriter
{
    public static string Write(IEnumerable<Setting> settings)
    {
        var text = new StringBuilder();
        foreach (var setting in settings)
        {
            if (ValueOf(setting.Value) is { } value)
                text.Append(setting.Key).Append(" = ").Append(value).Append('\n');
        }

        return text.ToString();
    }

    public static string LogText(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                < ' ' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    private static string? ValueOf(SettingValue value) =>
        value switch
        {
            SettingValue.Scalar scalar => LogText(scalar.Text),
            SettingValue.List list => $"[{string.Join(", ", list.Items.Select(LogText))}]",
            _ => null,
        };
}
