using Multus.Linux.Processes;

namespace Multus.Linux.Tests.Processes;

public sealed class NativeHeapTests
{
    [Fact]
    public void The_C_library_takes_the_setting() => Assert.True(NativeHeap.UseOneArena());
}
