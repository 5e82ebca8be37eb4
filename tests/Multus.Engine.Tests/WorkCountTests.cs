using Multus.Engine;

namespace Multus.Engine.Tests;

public sealed class WorkCountTests
{
    private readonly WorkCount _count = new();

    [Fact]
    public void With_none_under_way_nobody_waits() => Assert.True(_count.WhenNone().IsCompletedSuccessfully);

    [Fact]
    public async Task Who_waits_waits_for_the_last_one()
    {
        _count.Begin();
        _count.Begin();
        var none = _count.WhenNone();

        _count.End();
        Assert.False(none.IsCompleted);
        _count.End();

        await none;
    }

    [Fact]
    public async Task Who_waits_a_second_time_waits_for_those_that_have_come_since()
    {
        _count.Begin();
        var before = _count.WhenNone();
        _count.End();
        await before;
        _count.Begin();

        var none = _count.WhenNone();
        Assert.False(none.IsCompleted);
        Assert.Equal(1, _count.Count);
        _count.End();

        await none;
    }
}
