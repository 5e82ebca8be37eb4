using Multus.Host.Limits;

namespace Multus.Host.Tests.Limits;

public sealed class OpenFilesTests
{
    [Theory]
    [InlineData(64, 12, 16)] // too few for all: some clients at least
    [InlineData(203, 12, 16)]
    [InlineData(204, 12, 17)]
    [InlineData(1024, 12, 837)]
    [InlineData(1024, 64, 473)]
    [InlineData(1_048_576, 12, 4096)]
    [InlineData(long.MaxValue, 12, 4096)]
    public void Clients_have_what_the_daemon_and_its_plugins_do_not_need(long limit, int slots, int connections) =>
        Assert.Equal(connections, OpenFiles.Connections(limit, slots));

    [Fact]
    public void With_what_is_needed_the_fewest_clients_leave_enough_for_all_else()
    {
        var needed = OpenFiles.Needed(12);

        Assert.Equal(OpenFiles.Connections(needed, 12), OpenFiles.Connections(needed - 1, 12));
        Assert.Equal(OpenFiles.Connections(needed, 12) + 1, OpenFiles.Connections(needed + 1, 12));
    }
}
