using Akka.Configuration;
using Multus.Configuration;
using Multus.TestSupport;

namespace Multus.Host.Tests.Configuration.Hocon;

/// <summary>Files of operators, as <c>-hocon FILE</c> takes them; docs/reference/hocon.md.</summary>
public sealed class OperatorFileTests : IDisposable
{
    private readonly TempFolder _folder = new("multus-hocon-");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("multus.delegates.slots = 7")]
    [InlineData("multus { delegates { slots = 7 } }")]
    [InlineData("multus.delegates { slots: 7 }")]
    [InlineData("multus = { delegates : { slots = \"7\" } }")]
    [InlineData("{ \"multus\": { \"delegates\": { \"slots\": 7 } } }\n")]
    [InlineData("\uFEFFmultus.delegates.slots = 7\r\n")]
    [InlineData("multus.delegates.slots = 7 # as many as fit\n// and no more\n")]
    [InlineData("multus.delegates.slots = 5\nmultus { delegates.slots = 7 }, multus.health.patience = 1s")]
    [InlineData("multus { delegates { slots = 7 }, health { patience = 1s } }")]
    [InlineData("multus {\n  delegates {\n    slots = 7,\n    deadline = 4m,\n  }\n  events.enabled = off\n}")]
    [InlineData("multus { server { max-request-body = 2MiB }, delegates.slots=7 }")]
    public void Good_files_mean_what_they_say(string text) =>
        Assert.Equal(7, Load(text).Settings!.Node.Delegates.Slots);

    [Theory]
    [InlineData("yes", true)]
    [InlineData("true", true)]
    [InlineData("on", true)]
    [InlineData("no", false)]
    [InlineData("false", false)]
    [InlineData("off", false)]
    public void A_switch_may_be_written_in_six_words(string word, bool on) =>
        Assert.Equal(on, Load($"multus.events.enabled = {word}").Settings!.Node.Events.Enabled);

    [Fact]
    public void Lists_and_signs_in_quotes_reach_Akka_as_they_are()
    {
        var settings = Load("akka.extensions = [\n  \"A.B, C\" // first\n  \"say \\\"d\\\" \\\\ \\t.\",\n]").Settings!;

        Assert.Equal(["A.B, C", "say \"d\" \\ \t."], settings.Hocon.GetStringList("akka.extensions"));
    }

    [Theory]
    [InlineData("akka.scheduler.shutdown-timeout = 20ms", "akka.scheduler.shutdown-timeout", "20ms")]
    [InlineData("akka.log-dead-letters = on", "akka.log-dead-letters", "on")]
    [InlineData("akka { loglevel = debug, actor.debug.unhandled = yes }", "akka.actor.debug.unhandled", "on")]
    [InlineData("multus.netlink.dispatcher.throughput = 5", "multus.netlink.dispatcher.throughput", "5")]
    public void Akkas_own_keys_are_known(string text, string key, string value) =>
        Assert.Equal(value, Load(text).Settings!.Hocon.GetString(key));

    [Fact]
    public void The_example_of_the_reference_means_what_it_says()
    {
        var page = System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon.md"));

        var node = Load(page.Split("```hocon\n")[1].Split("```")[0]).Settings!.Node;

        Assert.Equal((6, false), (node.Delegates.Slots, node.Events.Enabled));
    }

    [Fact]
    public void An_empty_file_changes_nothing() => Assert.NotNull(Load("# nothing is changed\n").Settings);

    [Theory]
    [InlineData("multus.delegates.slots = 0", "1:1: multus.delegates.slots = 0: must be between 1 and 1024")]
    [InlineData("multus {\n  delegates.slots = many\n}", "2:3: multus.delegates.slots = many: must be a whole number")]
    [InlineData(
        "multus.sandboxes.add-timeout = soon",
        "1:1: multus.sandboxes.add-timeout = soon: must be a duration such as 500ms, 30s or 4m"
    )]
    [InlineData(
        "multus.sandboxes.add-timeout = 30",
        "1:1: multus.sandboxes.add-timeout = 30: must be a duration such as 500ms, 30s or 4m"
    )]
    [InlineData(
        "multus.sandboxes.add-timeout = 900d",
        "1:1: multus.sandboxes.add-timeout = 900d: must be at most 20 days"
    )]
    [InlineData("multus.events.enabled = maybe", "1:1: multus.events.enabled = maybe: must be on or off")]
    [InlineData(
        "multus.server.max-request-body = big",
        "1:1: multus.server.max-request-body = big: must be a size such as 64KiB or 1MiB"
    )]
    [InlineData("multus.delegates.slots = [1, 2]", "1:1: multus.delegates.slots takes one value and no list")]
    [InlineData(
        "akka.scheduler.shutdown-timeout = often",
        "1:1: akka.scheduler.shutdown-timeout = often: must be a duration such as 500ms, 30s or 4m"
    )]
    [InlineData(
        "akka.actor.default-dispatcher.throughput = much",
        "1:1: akka.actor.default-dispatcher.throughput = much: must be a number"
    )]
    [InlineData(
        "akka.loglevel = chatty",
        "1:1: akka.loglevel = chatty: must be one of OFF, ERROR, WARNING, INFO, DEBUG"
    )]
    [InlineData("akka.extensions = one", "1:1: akka.extensions = one: must be a list such as [a, b]")]
    public void A_value_that_does_not_fit_is_named_with_its_place_and_what_it_must_be(string text, string error) =>
        Refused(text, error);

    [Theory]
    [InlineData(
        "multus.delegates.slot = 3",
        "1:1: there is no key multus.delegates.slot; did you mean multus.delegates.slots?"
    )]
    [InlineData(
        "multus { node { drain-timeuot = 3s } }",
        "1:17: there is no key multus.node.drain-timeuot; did you mean multus.node.drain-timeout?"
    )]
    [InlineData(
        "multus.drain-timeout = 3s",
        "1:1: there is no key multus.drain-timeout; did you mean multus.node.drain-timeout?"
    )]
    [InlineData(
        "mutlus.delegates.slots = 3",
        "1:1: there is no key mutlus.delegates.slots; did you mean multus.delegates.slots?"
    )]
    [InlineData(
        "akka.scheduler.shutdown-timeouts = 3s",
        "1:1: there is no key akka.scheduler.shutdown-timeouts; did you mean akka.scheduler.shutdown-timeout?"
    )]
    [InlineData("something { quite = different }", "1:13: there is no key something.quite")]
    [InlineData("multus { delegate { } }", "1:10: there is no key multus.delegate; did you mean multus.delegates?")]
    [InlineData("multus.delegates = 3", "1:1: multus.delegates is a section: it takes { ... } with settings in it")]
    [InlineData(
        "multus.delegates.slots { max = 3 }",
        "1:26: multus.delegates.slots is a setting and takes a value; there is no multus.delegates.slots.max in it"
    )]
    [InlineData(
        "multus.delegates.slots { }",
        "1:1: multus.delegates.slots is a setting and takes a value; it is no section"
    )]
    public void An_unknown_key_is_named_with_the_one_that_was_meant(string text, string error) => Refused(text, error);

    [Theory]
    [InlineData(
        "akka.coordinated-shutdown.exit-clr = on",
        "1:1: akka.coordinated-shutdown.exit-clr is not for this file: the process ends by its own main program"
    )]
    [InlineData("akka.loggers = []", "1:1: akka.loggers is not for this file: Akka's events go to the daemon's log")]
    [InlineData(
        "akka.coordinated-shutdown.phases.service-requests-done.timeout = 3s",
        "1:1: akka.coordinated-shutdown.phases.service-requests-done.timeout is not for this file: what each step of the stop may take follows from multus.node.drain-timeout"
    )]
    [InlineData(
        "akka.coordinated-shutdown.phases.service-unbind.timeout = 3s",
        "1:1: akka.coordinated-shutdown.phases.service-unbind.timeout is not for this file: what each step of the stop may take follows from multus.node.drain-timeout"
    )]
    [InlineData(
        "akka.scheduler.tick-duration = 20ms",
        "1:1: akka.scheduler.tick-duration is not for this file: the daemon's timers do not tick"
    )]
    public void What_the_daemon_sets_itself_is_refused_with_the_reason(string text, string error) =>
        Refused(text, error);

    [Theory]
    [InlineData("multus.delegates.slots 3", "1:24: expected =, : or { after multus.delegates.slots; found 3")]
    [InlineData(
        "multus.delegates.slots =\n3",
        "1:25: expected a value for multus.delegates.slots; found the end of the line"
    )]
    [InlineData(
        "multus.delegates.slots =",
        "1:25: expected a value for multus.delegates.slots; found the end of the file"
    )]
    [InlineData(
        "multus.delegates.slots = 3 deadline = 4s",
        "1:37: = cannot stand in a value: settings on one line need a comma between them, and a value with such a sign needs quotes"
    )]
    [InlineData("multus {\n  delegates {\n    slots = 3\n", "4:1: the file ends, and the { at 2:13 is not closed")]
    [InlineData("multus { delegates.slots = 3 } }", "1:32: there is no { for this }")]
    [InlineData(
        "{ multus.delegates.slots = 3 } multus.health.patience = 1s",
        "1:32: expected the end of the file after the } of its first {; found multus.health.patience"
    )]
    [InlineData("akka.extensions = [a, b", "1:24: the file ends, and the [ at 1:19 is not closed")]
    [InlineData(
        "akka.extensions = [a [b] ]",
        "1:22: [ cannot stand in a value: settings on one line need a comma between them, and a value with such a sign needs quotes"
    )]
    [InlineData("akka.extensions += a", "1:17: += is not supported: write the whole list with =")]
    [InlineData("multus.delegates.slots = ${SLOTS}", "1:26: ${...} is not supported: write the value itself")]
    [InlineData("multus.delegates.slots = ${?SLOTS}", "1:26: ${...} is not supported: write the value itself")]
    [InlineData(
        "include \"other.conf\"",
        "1:1: include is not supported: write the settings of that file into this one"
    )]
    [InlineData(
        "include required(file(\"other.conf\"))",
        "1:1: include is not supported: write the settings of that file into this one"
    )]
    [InlineData(
        "akka.home = \"\"\"x\"\"\"",
        "1:13: three quotes are not supported: one quote at each end, and \\n for a new line"
    )]
    [InlineData("akka.home = \"x\nmultus.delegates.slots = 3", "1:13: the closing quote is missing on this line")]
    [InlineData("akka.home = \"x\" y", "1:17: expected a comma, a } or a new line before the next setting; found y")]
    [InlineData("akka.home = \"\\x\"", "1:15: expected \\\", \\\\, \\/, \\n or \\t in a text in quotes; found x\"")]
    [InlineData("!!! junk\nmultus.delegates.slots = 3", "1:1: expected a key; found !!!")]
    [InlineData("multus..slots = 3", "1:8: expected a key; found .slots")]
    [InlineData("multus.delegates.slots = 3\0", "1:27: the character U+0000 cannot stand in a file of settings")]
    [InlineData("multus\u00A0{ }", "1:7: expected =, : or { after multus; found the character U+00A0")]
    public void What_is_no_HOCON_of_ours_is_refused_where_it_stands(string text, string error) => Refused(text, error);

    [Fact]
    public void All_errors_of_a_file_are_told_together_in_the_order_of_the_file()
    {
        var errors = Load("multus.delegates.slot = 3\nmultus.events.enabled = maybe\n}\n").Errors;

        Assert.Equal(["1:1", "2:1", "3:1"], errors.Select(error => error[(File.Length + 1)..].Split(": ")[0]));
    }

    [Fact]
    public void A_file_that_is_no_UTF8_is_refused()
    {
        System.IO.File.WriteAllBytes(File, [0xFF, 0xFE, (byte)'m', 0]);

        Assert.Equal($"{File}: is not UTF-8 text", Assert.Single(LoadFile().Errors));
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.StartsWith($"{File}: cannot be read: ", Assert.Single(LoadFile().Errors), StringComparison.Ordinal);

    [Fact]
    public void Braces_beyond_measure_are_refused() =>
        Assert.EndsWith(
            "sections are nested deeper than 32",
            Assert.Single(Load(string.Concat(Enumerable.Repeat("a{", 100_000))).Errors),
            StringComparison.Ordinal
        );

    [Fact]
    public void Every_key_of_the_built_in_file_may_be_changed_to_what_it_is()
    {
        var builtIn = System.IO.File.ReadAllText(Path.Combine(TestSupport.Daemons.Binaries.Tree, "akka.hocon"));
        var multus = builtIn[builtIn.IndexOf("\nmultus {", StringComparison.Ordinal)..];

        Assert.Empty(Load(multus).Errors);
    }

    private string File => _folder["akka.hocon"];

    private void Refused(string text, string error) =>
        Assert.Equal($"{File}:{error}", Assert.Single(Load(text).Errors));

    private DaemonSettings.Loaded Load(string text)
    {
        _folder.File("akka.hocon", text);
        return LoadFile();
    }

    private DaemonSettings.Loaded LoadFile() =>
        DaemonSettings.Load(_folder.File("daemon-config.json", $$"""{ "manifestDir": "{{_folder.Path}}" }"""), File);
}
