namespace Multus.ActorContract.Tests;

public class PipeToTests : ContractSpec
{
    [Fact]
    public async Task The_result_arrives_as_a_message_with_the_sender_that_was_given()
    {
        var sender = CreateTestProbe();

        await Task.FromResult("result").PipeTo(TestActor, sender.Ref);

        await ExpectMsgAsync("result", Patience);
        Assert.Equal(sender.Ref, LastSender);
    }

    [Fact]
    public async Task Success_and_failure_are_mapped()
    {
        await Task.FromResult(1).PipeTo(TestActor, success: number => $"got {number}");
        await ExpectMsgAsync("got 1", Patience);

        await Task.FromException<int>(new BoomException("b")).PipeTo(TestActor, failure: x => $"lost {x.Message}");
        await ExpectMsgAsync("lost b", Patience);
    }

    [Fact]
    public async Task A_failure_without_mapping_arrives_as_Status_Failure_with_its_own_exception()
    {
        await Task.FromException<int>(new BoomException("b")).PipeTo(TestActor);

        Assert.IsType<BoomException>((await ExpectMsgAsync<Status.Failure>(Patience)).Cause);
    }

    [Fact]
    public async Task A_cancelled_task_is_a_failure()
    {
        await Task.FromCanceled<int>(new CancellationToken(canceled: true)).PipeTo(TestActor);

        Assert.IsAssignableFrom<OperationCanceledException>((await ExpectMsgAsync<Status.Failure>(Patience)).Cause);
    }

    [Fact]
    public async Task A_task_without_result_says_only_what_success_makes_of_it()
    {
        await Task.CompletedTask.PipeTo(TestActor, success: () => "done");
        await ExpectMsgAsync("done", Patience);

        await Task.CompletedTask.PipeTo(TestActor);
        await ExpectNoMsgAsync(Moment);

        await Task.FromException(new BoomException("b")).PipeTo(TestActor);
        await ExpectMsgAsync<Status.Failure>(Patience);
    }
}
