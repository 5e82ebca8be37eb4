using Multus.Actors.Delegates;

namespace Multus.Actors.Tests.Delegates;

public sealed class DelegateSettingsTests
{
    [Theory]
    [InlineData(50, 2)]
    [InlineData(256, 3)]
    [InlineData(768, 12)]
    [InlineData(4096, 12)]
    public void There_are_no_more_slots_than_there_is_memory_for_and_two_at_least(long mebibytes, int slots)
    {
        var settings = new DelegateSettings(12, 9, TimeSpan.FromSeconds(60), 4096, 4096);

        var fitted = settings.FittedTo(mebibytes << 20);

        Assert.Equal(slots, fitted.Slots);
        Assert.InRange(fitted.SlotsPerType, 1, Math.Max(1, slots));
    }
}
