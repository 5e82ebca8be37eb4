using System.Globalization;
using System.Text.Json;
using Multus.Bench.Reports;

namespace Multus.Bench.Comparisons;

/// <summary>The comparison as a table, and as an array with one object per figure.</summary>
internal static class ComparisonReport
{
    public static IEnumerable<string> Lines(IReadOnlyList<Figure> figures) =>
        TextTable.Align(
            leftColumns: 1,
            [
                ["median of the rounds", "before", "now", "ratio", "ratio of rounds", "pairs", "so", "at most", ""],
                .. figures.Select(Cells),
            ]
        );

    public static void Write(string path, IReadOnlyList<Figure> figures)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using var file = File.Create(path);
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartArray();
        foreach (var figure in figures)
            Write(json, figure);
        json.WriteEndArray();
    }

    private static string[] Cells(Figure figure) =>
        [
            figure.What,
            figure.IsMeasured ? Hundredths(figure.Before) : "-",
            figure.IsMeasured ? Hundredths(figure.Now) : "-",
            figure.IsMeasured && double.IsFinite(figure.Ratio) ? Hundredths(figure.Ratio) : "-",
            figure.IsMeasured && figure.RatioOfRounds.All(double.IsFinite)
                ? $"{Hundredths(figure.RatioOfRounds.Min())}..{Hundredths(figure.RatioOfRounds.Max())}"
                : "-",
            figure.IsMeasured ? figure.NowSamples.Count.ToString(CultureInfo.InvariantCulture) : "-",
            figure.Verdict,
            figure.Limit?.ToString() ?? "",
            !figure.IsMeasured
                ? "not measured"
                : figure.IsMet switch
                {
                    true => "met",
                    false => "MISSED",
                    null => "",
                },
        ];

    private static void Write(Utf8JsonWriter json, Figure figure)
    {
        json.WriteStartObject();
        json.WriteString("figure", figure.What);
        if (figure.IsMeasured)
        {
            json.WriteNumber("before", Rounded(figure.Before));
            json.WriteNumber("now", Rounded(figure.Now));
            if (double.IsFinite(figure.Ratio))
                json.WriteNumber("ratio", Rounded(figure.Ratio));
            json.WriteNumber("pairs", figure.NowSamples.Count);
            json.WriteString("so", figure.Verdict);
        }

        WriteSamples(json, "before_rounds", figure.BeforeSamples);
        WriteSamples(json, "now_rounds", figure.NowSamples);
        WriteGoal(json, figure);
        json.WriteEndObject();
    }

    private static void WriteSamples(Utf8JsonWriter json, string name, IReadOnlyList<double> samples)
    {
        json.WriteStartArray(name);
        foreach (var sample in samples)
            json.WriteNumberValue(Rounded(sample));
        json.WriteEndArray();
    }

    private static void WriteGoal(Utf8JsonWriter json, Figure figure)
    {
        if (figure.Limit is not { } limit)
            return;

        if (limit.Ratio is { } ratio)
            json.WriteNumber(limit.IsLeast ? "ratio_at_least" : "ratio_at_most", ratio);
        if (limit.Most is { } most)
            json.WriteNumber("now_at_most", most);
        if (figure.IsMet is { } met)
            json.WriteBoolean("met", met);
    }

    private static string Hundredths(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static double Rounded(double value) => Math.Round(value, 3);
}
