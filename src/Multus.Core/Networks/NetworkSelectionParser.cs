using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Json;
using Multus.Core.Pods;

namespace Multus.Core.Networks;

/// <summary>
/// Reads texts that name networks, annotations above all, in both of their forms (attach.md §6, §8.1).
/// </summary>
public static class NetworkSelectionParser
{
    /// <summary>The networks that a pod gets beside the cluster network.</summary>
    public const string NetworksAnnotation = "k8s.v1.cni.cncf.io/networks";

    /// <summary>The one network that a pod gets instead of the cluster network.</summary>
    public const string DefaultNetworkAnnotation = "v1.multus-cni.io/default-network";

    /// <summary>
    /// Nothing for a missing or empty annotation; else the elements in the annotation's order, duplicates included.
    /// </summary>
    /// <param name="defaultNamespace">Where a network is that does not say.</param>
    /// <param name="key">Which annotation it is, for errors.</param>
    /// <exception cref="CniException">Code 7; the text shows the offending part.</exception>
    public static ImmutableArray<NetworkSelection> Parse(
        string? annotation,
        string defaultNamespace,
        string key = NetworksAnnotation
    ) => Parse(annotation, defaultNamespace, $"annotation {key}", Dialect.Multus);

    /// <param name="owner">Where the text is, as an error message begins: "annotation x".</param>
    /// <param name="dialect">Which names there can be, and which keys the JSON form has.</param>
    /// <exception cref="CniException">Code 7; the text shows the offending part.</exception>
    public static ImmutableArray<NetworkSelection> Parse(
        string? text,
        string defaultNamespace,
        string owner,
        Dialect dialect
    )
    {
        if (string.IsNullOrWhiteSpace(text))
            return [];
        return text.AsSpan().ContainsAny("[{\"")
            ? new NetworkSelectionJson(owner, defaultNamespace, dialect).Parse(text)
            : ParseList(text, defaultNamespace, owner, dialect);
    }

    /// <summary>Why a name cannot be one, <c>null</c> when it can.</summary>
    internal static string? NameProblem(string name, Dialect dialect, bool withDots)
    {
        if (dialect.NamesAreOnNode)
            return NetworkName.TryParse(name, out _) ? null : "must be letters, digits, '-', '_' and '.'";
        if (!withDots && name.Contains('.', StringComparison.Ordinal))
            return "must be lower-case letters, digits and '-'; a name with dots can be said in the JSON form";
        return KubernetesNames.IsSubdomain(name)
            ? null
            : "must be lower-case letters, digits, '-' and '.', at most 253 of them, each part between dots "
                + "beginning and ending with a letter or digit";
    }

    /// <summary>
    /// <c>[&lt;namespace&gt;/]&lt;name&gt;[@&lt;interface&gt;]</c>, joined by commas, blanks around every part allowed.
    /// </summary>
    private static ImmutableArray<NetworkSelection> ParseList(
        string annotation,
        string defaultNamespace,
        string owner,
        Dialect dialect
    )
    {
        var items = annotation.Split(',');
        var selections = ImmutableArray.CreateBuilder<NetworkSelection>(items.Length);
        foreach (var item in items)
            selections.Add(ParseItem(item.Trim(), defaultNamespace, owner, dialect));
        return selections.MoveToImmutable();
    }

    private static NetworkSelection ParseItem(string item, string defaultNamespace, string owner, Dialect dialect)
    {
        var slashed = item.Split('/');
        if (slashed.Length > 2)
            throw Invalid(owner, item, "has more than one '/'");
        var named = slashed[^1].Split('@');
        if (named.Length > 2)
            throw Invalid(owner, item, "has more than one '@' after the namespace");

        var ns = slashed.Length == 2 ? slashed[0].Trim() : "";
        var name = named[0].Trim();
        if (ns.Length > 0 && !KubernetesNames.IsLabel(ns))
            throw Invalid(
                owner,
                item,
                $"names the namespace \"{JsonText.Excerpt(ns)}\", which must be lower-case letters, digits and '-'"
            );
        if (NameProblem(name, dialect, withDots: false) is { } problem)
            throw Invalid(
                owner,
                item,
                name.Length == 0
                    ? "names no network"
                    : $"names the network \"{JsonText.Excerpt(name)}\", which {problem}"
            );

        return new NetworkSelection(
            ns.Length > 0 ? ns : defaultNamespace,
            name,
            InterfaceOf(owner, item, named),
            [],
            null,
            null,
            null,
            null,
            null,
            null,
            null
        );
    }

    private static string? InterfaceOf(string owner, string item, string[] named)
    {
        var wanted = named.Length == 2 ? named[1].Trim() : "";
        if (wanted.Length == 0)
            return null;
        return InterfaceNames.Problem(wanted) is { } problem ? throw Invalid(owner, item, problem) : wanted;
    }

    private static CniException Invalid(string owner, string item, string problem) =>
        new(
            CniErrorCode.InvalidNetworkConfig,
            $"{owner}: \"{JsonText.Excerpt(item)}\" {problem}",
            "an element is [<namespace>/]<network>[@<interface>], elements are joined by ','"
        );
}
