namespace Multus.Page.Tests;

/// <summary>The distribution's browser.</summary>
internal static class Chromium
{
    public const string Path = "/usr/bin/chromium";
}
