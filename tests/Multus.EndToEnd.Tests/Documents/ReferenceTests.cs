using System.Text.Json;
using System.Text.RegularExpressions;
using Multus.EndToEnd.Tests.Kubernetes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Documents;

/// <summary>What the reference says of the published daemon: its figures, its files, its command line.</summary>
public sealed class ReferenceTests(ITestOutputHelper output) : ApiServerTest(output)
{
    [RootFact]
    public async Task Figures_are_those_that_healthz_has()
    {
        UseKubeconfig();
        await Node.StartDaemon();

        using var answer = await Node.Client.Send(HttpMethod.Get, "/healthz");
        using var health = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var members = health.RootElement.EnumerateObject().Select(member => member.Name);
        var figures = health
            .RootElement.GetProperty("actors")
            .EnumerateObject()
            .SelectMany(part => part.Value.EnumerateObject().Select(figure => $"{part.Name}.{figure.Name}"));

        Assert.Equal(
            members.Concat(figures).Order(StringComparer.Ordinal),
            Page.KeysOf("docs/reference/metrics.md")
                .Where(key => !Regex.IsMatch(key, "^(multus|process|dotnet)_")) // for Prometheus
                .Order(StringComparer.Ordinal)
        );
    }

    [RootFact]
    public async Task Every_file_of_a_working_daemon_is_named()
    {
        UseKubeconfig();
        CreateNetwork("one");
        var (pod, leaving) = (CreatePod("one"), CreatePod("one"));
        await Node.StartDaemon();
        (await Node.Add(pod)).Succeeded();
        (await Node.Add(leaving)).Succeeded();
        Plugin.On("DEL", does => does.Fails(100, "not now"));
        await Node.Del(leaving);
        var documented = Page.KeysOf("docs/reference/files.md")
            .Select(path => PatternOf(path.Replace("{cniDir}", "cni", StringComparison.Ordinal)))
            .ToList();

        var files = Directory
            .EnumerateFiles(Node.Folders.CniDir, "*", SearchOption.AllDirectories)
            .Select(file => $"cni/{Path.GetRelativePath(Node.Folders.CniDir, file)}")
            .ToList();

        Assert.Contains(files, file => file.StartsWith("cni/pending/", StringComparison.Ordinal));
        Assert.All(files, file => Assert.True(documented.Exists(pattern => Regex.IsMatch(file, pattern)), file));
        Plugin.On("DEL", does => does.Exits(0));
        await Node.Del(pod);
        await Wait.Until(
            "the stored DEL is done",
            () => !Node.Folders.CniFiles().Any(file => file.StartsWith("pending/", StringComparison.Ordinal))
        );
    }

    [RootFact]
    public void The_command_line_is_what_help_prints()
    {
        var usage = Page.Read("docs/reference/command-line.md").Blocks.First(block => block.Language == "text").Text;

        Assert.Equal(usage.Trim(), ProcessTool.Run(Binaries.Daemon, "-help").Trim());
    }

    // A word in braces, and a star, is a part of a name.
    private static string PatternOf(string path) => $"^{Regex.Replace(Regex.Escape(path), @"\\\{\w+}|\\\*", "[^/]+")}$";
}
