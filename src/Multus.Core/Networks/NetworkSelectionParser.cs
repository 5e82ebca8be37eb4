using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Json;
using Multus.Core.Pods;

namespace Multus.Core.Networks;

/// <summary>Reads the annotations that name networks, in both of their forms (attach.md §6, §8.1).</summary>
public static class NetworkSelectionParser
{
    /// <summary>The networks that a pod gets beside the cluster network.</summary>
    public const string NetworksAnnotation = "k8s.v1.cni.cncf.io/networks";

    /// <summary>The one network that a pod gets instead of the cluster network.</summary>
    public const string DefaultNetworkAnnotation = "v1.multus-cni.io/default-network";

    /// <summary>Nothing for a missing or empty annotation; else the elements in the annotation's order, duplicates included.</summary>
    /// <param name="defaultNamespace">Where a network is that does not say.</param>
    /// <param name="key">Which annotation it is, for errors.</param>
    /// <exception cref="CniException">Code 7; the text shows the offending part.</exception>
    public static ImmutableArray<NetworkSelection> Parse(string? annotation, string defaultNamespace, string key = NetworksAnnotation)
    {
        if (string.IsNullOrWhiteSpace(annotation))
            return [];
        return annotation.AsSpan().ContainsAny("[{\"")
            ? NetworkSelectionJson.Parse(annotation, defaultNamespace, key)
            : ParseList(annotation, defaultNamespace, key);
    }

    /// <summary><c>[&lt;namespace&gt;/]&lt;name&gt;[@&lt;interface&gt;]</c>, joined by commas, blanks around every part allowed.</summary>
    private static ImmutableArray<NetworkSelection> ParseList(string annotation, string defaultNamespace, string key)
    {
        var items = annotation.Split(',');
        var selections = ImmutableArray.CreateBuilder<NetworkSelection>(items.Length);
        foreach (var item in items)
            selections.Add(ParseItem(item.Trim(), defaultNamespace, key));
        return selections.MoveToImmutable();
    }

    private static NetworkSelection ParseItem(string item, string defaultNamespace, string key)
    {
        var slashed = item.Split('/');
        if (slashed.Length > 2)
            throw Invalid(key, item, "has more than one '/'");
        var named = slashed[^1].Split('@');
        if (named.Length > 2)
            throw Invalid(key, item, "has more than one '@' after the namespace");

        var ns = slashed.Length == 2 ? slashed[0].Trim() : "";
        var name = named[0].Trim();
        if (ns.Length > 0 && !KubernetesNames.IsLabel(ns))
            throw Invalid(key, item, $"names the namespace \"{JsonText.Excerpt(ns)}\", which must be lower-case letters, digits and '-'");
        if (!KubernetesNames.IsLabel(name))
        {
            throw Invalid(key, item, name.Length == 0 ? "names no network"
                : $"names the network \"{JsonText.Excerpt(name)}\", which must be lower-case letters, digits and '-'");
        }

        return new NetworkSelection(ns.Length > 0 ? ns : defaultNamespace, name, InterfaceOf(key, item, named), [],
            null, null, null, null, null, null, null);
    }

    private static string? InterfaceOf(string key, string item, string[] named)
    {
        var wanted = named.Length == 2 ? named[1].Trim() : "";
        if (wanted.Length == 0)
            return null;
        return InterfaceNames.Problem(wanted) is { } problem ? throw Invalid(key, item, problem) : wanted;
    }

    private static CniException Invalid(string key, string item, string problem) =>
        new(CniErrorCode.InvalidNetworkConfig, $"annotation {key}: \"{JsonText.Excerpt(item)}\" {problem}",
            "an element is [<namespace>/]<network>[@<interface>], elements are joined by ','");
}
