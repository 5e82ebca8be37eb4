using Multus.Actors.Configuration;

namespace Multus.Actors.Tests.Configuration;

public class HoconReaderTests
{
    [Fact]
    public void Good_values_are_read_with_their_units()
    {
        var reader = Reader("a { n = 7, t = 1500ms, b = 64KiB, s = auto }");

        Assert.Equal(7, reader.Number("a.n", 1, 10));
        Assert.Equal(TimeSpan.FromMilliseconds(1500), reader.Duration("a.t", TimeSpan.Zero));
        Assert.Equal(65536, reader.Bytes("a.b", 1, 1 << 20));
        Assert.Equal(9, reader.NumberOrAuto("a.s", 1, 10, automatic: 9));
        Assert.Empty(reader.Errors);
    }

    [Fact]
    public void Every_bad_key_is_reported_with_its_value_and_its_rule()
    {
        var reader = Reader("a { n = 99, t = soon, b = 2KiB }");
        reader.Number("a.n", 1, 10);
        reader.Duration("a.t", TimeSpan.FromSeconds(1));
        reader.Bytes("a.b", 4096, 8192);
        reader.Number("a.missing", 1, 10);

        Assert.Equal(
            [
                "a.n = 99: must be between 1 and 10",
                "a.t = soon: must be a duration such as 500ms, 30s or 4m",
                "a.b = 2048 bytes: must be between 4096 and 8192",
                "a.missing: missing; it must be a whole number",
            ],
            reader.Errors
        );
    }

    private static HoconReader Reader(string hocon) => new(ConfigurationFactory.ParseString(hocon));
}
