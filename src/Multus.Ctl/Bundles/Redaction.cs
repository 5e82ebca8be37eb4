using System.Text.RegularExpressions;

namespace Multus.Ctl.Bundles;

/// <summary>
/// Takes secrets out of texts before they leave the node: what a kubeconfig, a configuration, an environment or a log
/// may hold. What is taken out is named, so that a reader knows that something was there.
/// </summary>
internal static partial class Redaction
{
    private const string Removed = "(removed)";
    private const RegexOptions Options = RegexOptions.IgnoreCase;
    private const string Names =
        @"[\w.-]*(?:password|passwd|secret|token|psk|credential|private[-_]?key|api[-_]?key|-data|authorization)";

    public static string Of(string text)
    {
        text = Blocks().Replace(text, Removed);
        text = Headers().Replace(text, $"${{before}}{Removed}");
        text = Members().Replace(text, $"${{before}}{Removed}${{after}}");
        text = Addresses().Replace(text, $"${{before}}{Removed}@");
        return Tokens().Replace(text, Removed);
    }

    // -----BEGIN PRIVATE KEY----- … -----END PRIVATE KEY-----, also with \n for its line ends.
    [GeneratedRegex(@"-----BEGIN [A-Z0-9 ]+-----.*?-----END [A-Z0-9 ]+-----", RegexOptions.Singleline)]
    private static partial Regex Blocks();

    // "password": "x", password: x, PASSWORD=x, in JSON, YAML and environments.
    [GeneratedRegex(
        """(?<before>["']?""" + Names + """["']?\s*[:=]\s*["']?)(?!\()[^"'\s,\}\]]+(?<after>["']?)""",
        Options
    )]
    private static partial Regex Members();

    [GeneratedRegex(@"(?<before>\b(?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{8,}", RegexOptions.IgnoreCase)]
    private static partial Regex Headers();

    // https://user:password@host
    [GeneratedRegex(@"(?<before>\w+://)[^/\s:@]+:[^\s@]+@")]
    private static partial Regex Addresses();

    // A JSON web token, wherever it is.
    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?")]
    private static partial Regex Tokens();
}
