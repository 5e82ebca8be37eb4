using System.Text;

namespace Multus.Cni.FrontEnd;

/// <summary>What Multus says of itself as a CNI plugin (spec/cni-runtime.md §14).</summary>
public static class About
{
    /// <summary>Somebody ran the plugin by hand: no error, and nothing on stdout.</summary>
    public static int OnNoCommand()
    {
        StandardStreams.Say(
            $"meta-plugin that delegates to other CNI plugins\nCNI protocol versions supported: {Joined("", ", ")}"
        );
        return 0;
    }

    /// <summary>VERSION: one line, byte for byte upstream's.</summary>
    public static int Versions()
    {
        var line = $"{{\"cniVersion\":\"{CniVersion.Latest}\",\"supportedVersions\":[{Joined("\"", ",")}]}}\n";
        StandardStreams.Print(Encoding.UTF8.GetBytes(line));
        return 0;
    }

    /// <summary>The versions that are spoken, each in quotes or not.</summary>
    public static string Joined(string quote, string separator)
    {
        var text = "";
        foreach (var version in CniVersion.Supported)
            text += string.Concat(text.Length == 0 ? "" : separator, quote, version.ToString()) + quote;
        return text;
    }
}
