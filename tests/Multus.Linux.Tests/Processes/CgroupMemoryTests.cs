using Multus.Linux.Processes;
using Multus.TestSupport;

namespace Multus.Linux.Tests.Processes;

public sealed class CgroupMemoryTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void The_least_limit_of_the_own_group_and_those_above_counts_in_both_versions()
    {
        _temp.File("pods/memory.max", "268435456\n");
        _temp.File("pods/one/memory.max", "max\n");
        Assert.Equal(256L << 20, CgroupMemory.Least(["0::/pods/one"], _temp.Path));

        _temp.File("memory/memory.limit_in_bytes", "9223372036854771712\n");
        _temp.File("memory/kube/memory.limit_in_bytes", "134217728\n");
        Assert.Equal(128L << 20, CgroupMemory.Least(["4:memory:/kube", "3:cpu,cpuacct:/kube"], _temp.Path));
    }

    [Fact]
    public void In_a_container_whose_own_group_is_mounted_at_the_root_that_counts()
    {
        _temp.File("memory.max", "104857600\n");

        Assert.Equal(100L << 20, CgroupMemory.Least(["0::/../../kubepods/pod1"], _temp.Path));
    }

    [Fact]
    public void Without_a_limit_there_is_none()
    {
        _temp.File("memory/memory.limit_in_bytes", "9223372036854771712\n");

        Assert.Null(CgroupMemory.Least(["4:memory:/"], _temp.Path));
        Assert.Null(CgroupMemory.Least([], _temp.Path));
    }
}
