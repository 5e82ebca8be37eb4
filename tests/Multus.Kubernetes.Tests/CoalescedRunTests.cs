using Multus.Kubernetes.Tests.Folder;
using Multus.TestSupport.Daemons;

namespace Multus.Kubernetes.Tests;

public sealed class CoalescedRunTests
{
    [Fact]
    public async Task Callers_that_come_during_a_run_share_one_that_begins_after_it()
    {
        using var entered = new SemaphoreSlim(0);
        using var proceed = new SemaphoreSlim(0);
        var runs = 0;
        var refresh = Run(() =>
        {
            Interlocked.Increment(ref runs);
            entered.Release();
            proceed.Wait();
        });

        var first = refresh.RunAsync(CancellationToken.None);
        Assert.True(await entered.WaitAsync(Wait.Patience));
        var late = Enumerable.Range(0, 10).Select(_ => refresh.RunAsync(CancellationToken.None)).ToArray();
        proceed.Release();
        await first.WaitAsync(Wait.Patience);
        Assert.True(await entered.WaitAsync(Wait.Patience));
        Assert.All(late, task => Assert.False(task.IsCompleted));
        proceed.Release();
        await Task.WhenAll(late).WaitAsync(Wait.Patience);

        Assert.Equal(2, runs);
    }

    [Fact]
    public async Task A_run_that_fails_fails_its_own_callers_and_no_others()
    {
        using var entered = new SemaphoreSlim(0);
        using var proceed = new SemaphoreSlim(0);
        var runs = 0;
        var refresh = Run(() =>
        {
            if (Interlocked.Increment(ref runs) > 1)
                return;
            entered.Release();
            proceed.Wait();
            throw new InvalidOperationException("the first one");
        });

        var first = refresh.RunAsync(CancellationToken.None);
        Assert.True(await entered.WaitAsync(Wait.Patience));
        var second = refresh.RunAsync(CancellationToken.None);
        proceed.Release();

        await Assert.ThrowsAsync<InvalidOperationException>(() => first.WaitAsync(Wait.Patience));
        await second.WaitAsync(Wait.Patience);
    }

    [Fact]
    public async Task Under_contention_no_two_run_at_once_and_every_caller_gets_a_run_that_began_after_its_call()
    {
        var (inside, overlaps, begun) = (0, 0, 0);
        var refresh = Run(() =>
        {
            if (Interlocked.Increment(ref inside) > 1)
                Interlocked.Increment(ref overlaps);
            Interlocked.Increment(ref begun);
            Thread.Yield();
            Interlocked.Decrement(ref inside);
        });

        var tooOld = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        var stale = 0;
                        for (var i = 0; i < 500; i++)
                        {
                            var before = Volatile.Read(ref begun);
                            await refresh.RunAsync(CancellationToken.None);
                            stale += Volatile.Read(ref begun) == before ? 1 : 0;
                        }

                        return stale;
                    })
                )
        );

        Assert.Equal(0, overlaps);
        Assert.All(tooOld, stale => Assert.Equal(0, stale));
    }

    private static CoalescedRun<bool> Run(Action work) =>
        new(() =>
            Task.Run(() =>
            {
                work();
                return true;
            })
        );
}
