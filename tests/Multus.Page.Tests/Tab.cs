using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Multus.TestSupport.Daemons;

namespace Multus.Page.Tests;

/// <summary>A tab: what it shows, what its console said, what it asked for.</summary>
public sealed class Tab
{
    public const string Address = "http://localhost:9091/ui";

    private readonly ConcurrentQueue<string> _errors = new();
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly ConcurrentQueue<IRequest> _finished = new();

    public Tab(IPage page)
    {
        Page = page ?? throw new ArgumentNullException(nameof(page));
        Page.SetDefaultTimeout((float)Wait.Patience.TotalMilliseconds);
        Page.Console += (_, said) =>
        {
            if (said.Type is "error" or "warning")
                _errors.Enqueue($"{said.Type}: {said.Text}");
        };
        Page.PageError += (_, error) => _errors.Enqueue(error);
        Page.Request += (_, request) => _asked.Enqueue(request.Url);
        Page.RequestFinished += (_, request) => _finished.Enqueue(request);
    }

    public IPage Page { get; }

    /// <summary>What the console says is wrong, and what was thrown.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>The addresses of all that was asked for.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    /// <summary>The requests that are over.</summary>
    public IReadOnlyCollection<IRequest> Finished => _finished;

    /// <summary>Opens the page, and waits until it follows the daemon.</summary>
    public async Task OpenAsync()
    {
        await Page.GotoAsync(Address);
        await Sees("Live");
    }

    /// <summary>Waits until this text is to be seen.</summary>
    public Task Sees(string text) => Assertions.Expect(Page.GetByText(text).First).ToBeVisibleAsync(Patient());

    /// <summary>A part of the page, by its heading.</summary>
    public ILocator Panel(string heading) =>
        Page.Locator("section.panel")
            .Filter(new() { Has = Page.GetByRole(AriaRole.Heading, new() { Name = heading }) });

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name });

    /// <summary>Kept beside the results of the tests, for people.</summary>
    public Task Shoot(string name, bool whole = true)
    {
        var folder = Path.Combine(Binaries.Tree, "artifacts", "test-results", "page");
        Directory.CreateDirectory(folder);
        return Page.ScreenshotAsync(
            new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png"), FullPage = whole }
        );
    }

    /// <summary>In light and dark: a picture each, and no finding of axe that is serious.</summary>
    public async Task IsFineInLightAndDark(string name)
    {
        foreach (var scheme in (ColorScheme[])[ColorScheme.Dark, ColorScheme.Light])
        {
            await Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
            await Shoot($"{name}-{scheme}".ToLowerInvariant());
            await HasNoSeriousFinding();
        }
    }

    /// <summary>Of axe, as the page is now.</summary>
    public async Task HasNoSeriousFinding()
    {
        var found = await Page.RunAxe();
        Assert.Empty(found.Violations.Where(IsSerious).Select(Text));
    }

    private static bool IsSerious(AxeResultItem item) => item.Impact is "serious" or "critical";

    private static string Text(AxeResultItem item) =>
        $"{item.Id}: {item.Help}: {string.Join(" | ", item.Nodes.Select(node => node.Html))}";

    private static LocatorAssertionsToBeVisibleOptions Patient() =>
        new() { Timeout = (float)Wait.Patience.TotalMilliseconds };
}
