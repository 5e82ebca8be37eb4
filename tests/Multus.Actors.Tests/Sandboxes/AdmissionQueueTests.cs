using Multus.Actors.Sandboxes;
using Multus.Cni;

namespace Multus.Actors.Tests.Sandboxes;

public class AdmissionQueueTests
{
    private static readonly SandboxId One = SandboxId.Parse("one");
    private static readonly SandboxId Two = SandboxId.Parse("two");

    [Fact]
    public void Adds_begin_in_the_order_they_came_up_to_the_limit()
    {
        var queue = new AdmissionQueue<string>(2);
        queue.Enqueue(One, "a");
        queue.Enqueue(Two, "b");
        queue.Enqueue(One, "c");

        Assert.Equal(["a", "b"], AdmitAll(queue));
        Assert.Equal(1, queue.Waiting);
    }

    [Fact]
    public void A_place_that_is_left_goes_to_the_longest_waiting()
    {
        var queue = new AdmissionQueue<string>(1);
        queue.Enqueue(One, "a");
        queue.Enqueue(Two, "b");
        AdmitAll(queue);

        queue.Leave();
        Assert.Equal(["b"], AdmitAll(queue));
    }

    [Fact]
    public void A_delete_drops_the_waiting_adds_of_its_sandbox_and_no_other()
    {
        var queue = new AdmissionQueue<string>(1);
        queue.Enqueue(Two, "running");
        AdmitAll(queue);
        queue.Enqueue(One, "a");
        queue.Enqueue(Two, "b");
        queue.Enqueue(One, "c");

        Assert.Equal(["a", "c"], queue.Drop(One));
        queue.Leave();
        Assert.Equal(["b"], AdmitAll(queue));
    }

    private static List<string> AdmitAll(AdmissionQueue<string> queue)
    {
        var admitted = new List<string>();
        while (queue.TryAdmit(out var command))
            admitted.Add(command!);
        return admitted;
    }
}
