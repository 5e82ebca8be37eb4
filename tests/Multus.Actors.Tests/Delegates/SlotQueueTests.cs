using Multus.Actors.Delegates;

namespace Multus.Actors.Tests.Delegates;

public class SlotQueueTests
{
    [Fact]
    public void Tickets_start_in_the_order_they_came_up_to_the_slots()
    {
        var queue = new SlotQueue<string>(slots: 2, slotsPerType: 2);
        Enqueue(queue, "a", "b", "c");

        Assert.Equal(["a", "b"], StartAll(queue));
        Assert.Equal(1, queue.Waiting);
    }

    [Fact]
    public void A_released_slot_goes_to_the_longest_waiting_ticket()
    {
        var queue = new SlotQueue<string>(slots: 1, slotsPerType: 1);
        Enqueue(queue, "a", "b", "c");
        StartAll(queue);

        Assert.True(queue.Release("a"));
        Assert.Equal(["b"], StartAll(queue));
    }

    [Fact]
    public void A_slot_can_be_released_only_once()
    {
        var queue = new SlotQueue<string>(slots: 1, slotsPerType: 1);
        Enqueue(queue, "a", "b", "c");
        StartAll(queue);
        queue.Release("a");
        StartAll(queue);

        Assert.False(queue.Release("a"));
        Assert.Empty(StartAll(queue));
    }

    [Fact]
    public void A_sick_plugin_type_leaves_slots_for_the_others()
    {
        var queue = new SlotQueue<string>(slots: 4, slotsPerType: 3);
        for (var i = 0; i < 10; i++)
            queue.Enqueue($"sick{i}", "sick", isDelete: false);
        queue.Enqueue("well", "well", isDelete: false);

        Assert.Equal(["sick0", "sick1", "sick2", "well"], StartAll(queue));
    }

    [Fact]
    public void One_slot_is_kept_for_a_delete_when_adds_hold_all_others()
    {
        var queue = new SlotQueue<string>(slots: 2, slotsPerType: 2);
        Enqueue(queue, "add1", "add2", "add3");
        queue.Enqueue("del1", "bridge", isDelete: true);
        queue.Enqueue("del2", "bridge", isDelete: true);

        Assert.Equal(["add1", "add2", "del1"], StartAll(queue));
    }

    [Fact]
    public void The_kept_slot_is_free_again_after_its_delete()
    {
        var queue = new SlotQueue<string>(slots: 1, slotsPerType: 1);
        queue.Enqueue("add1", "bridge", isDelete: false);
        queue.Enqueue("del1", "bridge", isDelete: true);
        queue.Enqueue("del2", "bridge", isDelete: true);
        StartAll(queue);

        queue.Release("del1");
        Assert.Equal(["del2"], StartAll(queue));
    }

    [Fact]
    public void The_kept_slot_is_never_given_to_an_add()
    {
        var queue = new SlotQueue<string>(slots: 1, slotsPerType: 1);
        Enqueue(queue, "add1", "add2");

        Assert.Equal(["add1"], StartAll(queue));
    }

    [Fact]
    public void Dropped_tickets_leave_the_queue_and_hold_no_slot()
    {
        var queue = new SlotQueue<string>(slots: 1, slotsPerType: 1);
        Enqueue(queue, "a", "b", "c");
        StartAll(queue);

        Assert.Equal(["b"], queue.Drop(ticket => ticket == "b"));
        queue.Release("a");
        Assert.Equal(["c"], StartAll(queue));
    }

    [Fact]
    public void Slots_never_go_beyond_their_number_whatever_the_order_of_requests()
    {
        var random = new Random(20261121);
        for (var round = 0; round < 200; round++)
            PlayAtRandom(new SlotQueue<int>(slots: 3, slotsPerType: 2), random);
    }

    private static void PlayAtRandom(SlotQueue<int> queue, Random random)
    {
        var running = new Dictionary<int, (string Type, bool Delete)>();
        var asked = new Dictionary<int, (string Type, bool Delete)>();
        for (var step = 0; step < 100; step++)
        {
            if (random.Next(2) == 0 || running.Count == 0)
            {
                asked[step] = ($"type{random.Next(3)}", random.Next(3) == 0);
                queue.Enqueue(step, asked[step].Type, asked[step].Delete);
            }
            else
            {
                var ticket = running.Keys.ElementAt(random.Next(running.Count));
                running.Remove(ticket);
                Assert.True(queue.Release(ticket));
            }

            while (queue.TryStart(out var started))
                running.Add(started, asked[started]);

            Assert.Equal(running.Count, queue.Running);
            Assert.True(running.Count <= 4, "more tickets than slots");
            Assert.True(running.Values.Count(r => !r.Delete) <= 3, "an ADD took the slot kept for DEL");
            foreach (var ofType in running.Values.GroupBy(r => r.Type))
                Assert.True(ofType.Count(r => !r.Delete) <= 2, "one type took more than its share");
        }
    }

    private static void Enqueue(SlotQueue<string> queue, params string[] tickets)
    {
        foreach (var ticket in tickets)
            queue.Enqueue(ticket, "bridge", isDelete: false);
    }

    private static List<string> StartAll(SlotQueue<string> queue)
    {
        var started = new List<string>();
        while (queue.TryStart(out var ticket))
            started.Add(ticket!);
        return started;
    }
}
