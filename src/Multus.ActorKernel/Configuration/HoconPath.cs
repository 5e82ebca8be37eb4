namespace Multus.ActorKernel.Configuration;

/// <summary>A key of several elements: <c>a.b."c.d"</c>.</summary>
internal static class HoconPath
{
    public static IReadOnlyList<string> Parse(string path)
    {
        var reader = new HoconReader(path);
        var elements = Take(reader);
        reader.SkipBlanks();
        return reader.IsAtEnd ? elements : throw reader.Error($"'{path}' is no path: {reader.Describe()} cannot stand there unquoted");
    }

    /// <summary>Reads a path; stops at what cannot belong to it.</summary>
    public static IReadOnlyList<string> Take(HoconReader reader)
    {
        List<string> elements = [];
        do
        {
            elements.Add(TakeElement(reader));
        }
        while (reader.TryTake("."));
        return elements;
    }

    private static string TakeElement(HoconReader reader)
    {
        if (reader.Current == '"')
            return reader.TakeQuoted();

        var element = reader.TakeUnquoted(inKey: true);
        return element.Length > 0 ? element : throw reader.Error($"a key is expected here, not {reader.Describe()}");
    }
}
