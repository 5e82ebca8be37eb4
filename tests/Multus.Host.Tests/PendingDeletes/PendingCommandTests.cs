using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Configuration;
using Multus.Core.Configuration;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Core.Records;
using Multus.Engine.Requests;
using Multus.Engine.State;
using Multus.Host.PendingDeletes;
using Multus.TestSupport;
using Multus.Wire;

namespace Multus.Host.Tests.PendingDeletes;

public sealed class PendingCommandTests : IDisposable
{
    private const string Name = "c1.eth0.json";

    private readonly TempFolder _temp = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose()
    {
        _temp.Dispose();
        _output.Dispose();
        _errors.Dispose();
    }

    [Fact]
    public void The_list_tells_what_waits_from_what_was_given_up_and_what_may_have_stayed_behind()
    {
        GiveUp();
        Store("c2");

        Assert.Equal(ExitCode.Success, Run(PendingVerb.List));

        var lines = _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith($"{Name}  given up  ", lines[0], StringComparison.Ordinal);
        Assert.Equal("    may have stayed behind: network blue, interface eth0", lines[1]);
        Assert.StartsWith("c2.eth0.json  waiting  ", lines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Name)]
    [InlineData("all")]
    public void A_retry_makes_a_stored_DEL_of_it_again(string name)
    {
        GiveUp();

        Assert.Equal(ExitCode.Success, Run(PendingVerb.Retry, name));

        Assert.Equal([$"pending/{Name}"], _temp.Files());
    }

    [Fact]
    public void A_drop_forgets_it_with_the_record_and_the_results_of_what_is_left()
    {
        GiveUp();
        Record(isLeftover: true);

        Assert.Equal(ExitCode.Success, Run(PendingVerb.Drop, Name));

        Assert.Empty(_temp.Files());
    }

    [Fact]
    public void A_drop_leaves_the_record_of_a_sandbox_that_is_attached()
    {
        GiveUp();
        Record(isLeftover: false);

        Run(PendingVerb.Drop, Name);

        Assert.Equal(["c1", "results/blue-c1-eth0"], _temp.Files());
    }

    [Theory]
    [InlineData("c9.eth0.json", "there is no c9.eth0.json in ")]
    [InlineData("c2.eth0.json", "c2.eth0.json has not been given up: the daemon repeats it by itself")]
    [InlineData("../c1", "there is no ../c1 in ")]
    public void What_was_not_given_up_is_refused_by_name(string name, string expected)
    {
        Store("c2");

        Assert.Equal(ExitCode.Failure, Run(PendingVerb.Drop, name));

        Assert.Contains(expected, _errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(["pending/c2.eth0.json"], _temp.Files());
    }

    [Theory]
    [InlineData("pending list -config /c", PendingVerb.List, "/c", "")]
    [InlineData("pending retry a b", PendingVerb.Retry, CommandLine.DefaultConfigurationFile, "a b")]
    [InlineData("pending drop --config=/c all", PendingVerb.Drop, "/c", "all")]
    public void The_command_line_names_the_verb_the_configuration_and_the_names(
        string line,
        object verb,
        string configuration,
        string names
    )
    {
        var pending = Assert.IsType<CommandLine.Pending>(CommandLine.Parse(line.Split(' ')));

        Assert.Equal(
            ((PendingVerb)verb, configuration, names),
            (pending.Verb, pending.ConfigurationFile, string.Join(' ', pending.Names))
        );
    }

    [Theory]
    [InlineData("pending")]
    [InlineData("pending retry")]
    [InlineData("pending forget a")]
    [InlineData("pending list -hocon /x")]
    public void What_it_does_not_know_is_wrong(string line) =>
        Assert.IsType<CommandLine.Wrong>(CommandLine.Parse(line.Split(' ')));

    private int Run(PendingVerb verb, params string[] names) =>
        new PendingCommand(_temp.Path, _output, _errors).Run(verb, [.. names]);

    private void GiveUp()
    {
        Store("c1");
        new PendingDeleteFolder(
            _temp.Path,
            new RequestMapping(ConfigurationOverlay.None, "", NullLogger.Instance),
            TimeProvider.System
        ).GiveUp(Name, ["network blue, interface eth0"]);
    }

    private void Store(string sandbox) =>
        _temp.File(
            $"pending/{sandbox}.eth0.json",
            Encoding.UTF8.GetString(
                new CniRequestBody(
                    [new("CNI_COMMAND", "DEL"), new("CNI_CONTAINERID", sandbox), new("CNI_IFNAME", "eth0")],
                    "{\"name\":\"n\"}"u8.ToArray()
                ).ToJson()
            )
        );

    private void Record(bool isLeftover)
    {
        var sandbox = SandboxId.Parse("c1");
        var parameters = new AttachmentParameters(sandbox, "/run/netns/x", "eth0", [], [], []);
        var network = NetworkConfiguration.ParseConf(
            """{"cniVersion":"1.0.0","name":"blue","type":"bridge"}"""u8.ToArray()
        );
        var attachment = new PlannedAttachment(
            0,
            "blue",
            IsMaster: true,
            network,
            parameters,
            parameters,
            Selection: null
        );
        var plan = new AttachmentPlan(sandbox, "/run/netns/x", PodIdentity.None, CniVersion.Latest, [attachment])
        {
            IsLeftover = isLeftover,
        };
        _temp.File("c1", Encoding.UTF8.GetString(SandboxRecord.Write(plan)));
        _temp.File("results/blue-c1-eth0", "{}");
    }
}
