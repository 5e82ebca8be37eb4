using System.Globalization;

namespace Multus.Host.Tests.Security;

/// <summary>Names that try to leave the folder they are meant for, the same ones in every run.</summary>
internal static class HostileNames
{
    private static readonly string[] Parts =
    [
        "..",
        "../",
        "/",
        "//",
        ".",
        "./",
        "\0",
        "\n",
        "\r",
        " ",
        "\t",
        "%2e%2e%2f",
        "..\\",
        "\\",
        "~",
        "$HOME",
        "canary",
        "results",
        "networks",
        "pending",
        "a",
        "Z9",
        "-",
        "_",
        ":",
        ";",
        "=",
        "*",
        "?",
        "é",
        "漢",
        "😀",
        "\u2028",
        "\u202e",
        "\uff0e\uff0e\uff0f",
        "/etc/passwd",
        "/proc/self/environ",
        ".tmp",
        ".json",
        ".conf",
        "{",
        "\"",
    ];

    public static IEnumerable<string> Of(int seed, int count)
    {
        var random = new Random(seed);
        foreach (var part in Parts)
            yield return part;
        for (var up = 1; up <= 8; up++)
            yield return string.Concat(Enumerable.Repeat("../", up)) + "canary";
        yield return "";
        yield return new string('a', 300);
        yield return new string('.', 300);
        for (var i = 0; i < count; i++)
            yield return string.Concat(
                Enumerable.Range(0, random.Next(1, 6)).Select(_ => Parts[random.Next(Parts.Length)])
            );
        for (var i = 0; i < count; i++)
            yield return $"ok{i.ToString(CultureInfo.InvariantCulture)}"; // so that not everything is refused
    }
}
