using Multus.Core.Garbage;

namespace Multus.Core.Tests.Garbage;

public sealed class StaleRulesTests
{
    [Theory]
    [InlineData("then", false, null, true, true)] // an earlier start of the machine: whoever can or cannot be asked
    [InlineData("then", false, false, true, true)]
    [InlineData("then", true, true, true, false)] // what the runtime lists is never touched
    [InlineData("now", true, true, false, false)]
    [InlineData("now", true, false, true, true)]
    [InlineData("now", false, false, true, false)] // its namespace is there
    [InlineData("now", true, null, true, false)] // there should be a runtime, and there is none to ask
    [InlineData("now", true, null, false, true)]
    [InlineData(null, true, false, true, true)] // upstream's, which does not say when it was attached
    [InlineData(null, true, null, false, false)]
    [InlineData(null, false, false, true, false)]
    public void A_sandbox_has_vanished_when_nothing_speaks_for_it(
        string? boot,
        bool isGone,
        bool? isListed,
        bool needsRuntime,
        bool hasVanished
    ) =>
        Assert.Equal(
            hasVanished,
            StaleRules.HasVanished(new StaleEvidence(boot, isGone, isListed), "now", needsRuntime)
        );

    [Fact]
    public void On_a_kernel_that_does_not_say_which_start_this_is_only_a_runtime_can_say_that_a_sandbox_has_vanished()
    {
        Assert.False(
            StaleRules.HasVanished(
                new StaleEvidence("then", IsNamespaceGone: true, IsListed: null),
                boot: null,
                needsRuntime: false
            )
        );
        Assert.True(
            StaleRules.HasVanished(
                new StaleEvidence("then", IsNamespaceGone: true, IsListed: false),
                boot: null,
                needsRuntime: false
            )
        );
    }
}
