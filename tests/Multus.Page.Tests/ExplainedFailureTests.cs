using System.Text.Json;
using Microsoft.Playwright;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.Page.Tests;

/// <summary>A pod has no network, and the page says why.</summary>
public sealed class ExplainedFailureTests(ITestOutputHelper output) : PageTest(output)
{
    private const string German =
        "Netzwerkadressenübersetzungstabelleneintragsüberprüfung fehlgeschlagen: Donaudampfschifffahrtsgesellschaft";
    private const string Chinese =
        "网络接口配置失败：地址池中没有可用的地址，请联系集群管理员检查该节点上的存储网络配置是否正确";

    [PluginFact("bridge", "host-local")]
    public async Task A_failure_appears_by_itself_and_is_explained_one_click_away_as_the_command_does()
    {
        Node.Manifests.Network("blue", Networks.Steered("blue", "no-such-plugin"));
        var pod = Node.Pod("blue", "shop-web");
        await Start();
        var tab = await Browser.OpenAsync();
        await tab.OpenAsync();
        await tab.Sees("No failure is remembered.");

        _ = (await Node.Add(pod)).Error();

        await Assertions.Expect(tab.Panel("Failures")).ToContainTextAsync("Plugin not found");
        await tab.Button($"Explain {pod.Namespace}/{pod.Name}").ClickAsync();
        var dialog = tab.Page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog).ToContainTextAsync("is not installed on this node");
        await Assertions.Expect(dialog).ToContainTextAsync("What to do:");
        await Assertions.Expect(dialog).ToContainTextAsync("no-such-plugin");
        await tab.IsFineInLightAndDark("explain");
        Assert.Empty(tab.Errors);

        var shown = await tab.Page.EvaluateAsync<string>(
            $"async () => (await fetch('ui/explain?sandbox={pod.Sandbox}')).text()"
        );
        var said = Node.Ctl("explain", pod.Sandbox, "-o", "json").Stdout;
        Assert.Equal(Compact(said), Compact(shown));
    }

    [PluginFact("bridge", "host-local")]
    public async Task All_of_it_is_reached_by_keyboard()
    {
        Node.Manifests.Network("blue", Networks.Steered("blue", "no-such-plugin"));
        var pod = Node.Pod("blue", "shop-web");
        await Start();
        _ = (await Node.Add(pod)).Error();
        var tab = await Browser.OpenAsync();
        await tab.OpenAsync();
        var explain = tab.Button($"Explain {pod.Namespace}/{pod.Name}");
        await Assertions.Expect(explain).ToBeVisibleAsync();

        await tab.Page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(tab.Page.GetByText("To the content")).ToBeFocusedAsync();
        await tab.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Main)).ToBeFocusedAsync();
        for (var tabs = 0; tabs < 20 && !await IsFocused(explain); tabs++)
            await tab.Page.Keyboard.PressAsync("Tab");
        await tab.Shoot("focus");
        await tab.Page.Keyboard.PressAsync("Enter");

        var dialog = tab.Page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog).ToContainTextAsync("is not installed on this node");
        await Assertions.Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Close" })).ToBeFocusedAsync();
        await tab.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(dialog).ToHaveCountAsync(0);
        await Assertions.Expect(explain).ToBeFocusedAsync();
        Assert.Empty(tab.Errors);
    }

    [PluginFact("bridge", "host-local")]
    public async Task Long_names_and_long_words_fit_into_a_narrow_window()
    {
        var sick = Node.Steered("sick");
        sick.On("ADD", does => does.Complains(Chinese).Fails(101, German, Chinese));
        var network = $"storage-{new string('n', 40)}-network";
        Node.Manifests.Network(network, Networks.Steered(network, sick.Type));
        Node.Manifests.Network("blue", Node.Networks.Bridge("blue", "br1", "10.20.0.0/24"));
        var pod = Node.Pod(network, $"shop-{new string('w', 60)}-frontend-deployment-5d4f8c7b9");
        var well = Node.Pod("blue", $"shop-{new string('x', 60)}-backend-deployment-7c9f8d6b5");
        await Start();
        _ = (await Node.Add(pod)).Error();
        (await Node.Add(well)).Succeeded();
        foreach (var width in (int[])[320, 760])
        {
            var tab = await Browser.OpenAsync(width, 800);
            await tab.OpenAsync();
            await Assertions.Expect(tab.Panel("Failures")).ToContainTextAsync(German);
            await Assertions.Expect(tab.Panel("Networks")).ToContainTextAsync("default/blue");
            await Fits(tab, $"narrow-{width}");

            await tab.Button($"Explain {pod.Namespace}/{pod.Name}").ClickAsync();
            var dialog = tab.Page.GetByRole(AriaRole.Dialog);
            await Assertions.Expect(dialog).ToContainTextAsync(Chinese);
            await Fits(tab, $"narrow-{width}-explain");
            Assert.Empty(tab.Errors);
        }
    }

    private static async Task Fits(Tab tab, string name)
    {
        await tab.Shoot(name);
        const string wide = """
            () => [document.documentElement, ...document.querySelectorAll('dialog')]
                .filter((e) => e.scrollWidth > e.clientWidth + 1)
                .map((e) => `${e.tagName} ${e.scrollWidth} > ${e.clientWidth}`)
            """;
        Assert.Empty(await tab.Page.EvaluateAsync<string[]>(wide));
        await tab.HasNoSeriousFinding();
    }

    private static Task<bool> IsFocused(ILocator locator) =>
        locator.EvaluateAsync<bool>("element => element === document.activeElement");

    private static string Compact(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document.RootElement);
    }
}
