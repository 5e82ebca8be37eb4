using System.Collections.Immutable;
using System.Text.Json;

namespace Multus.Cni.Results;

/// <summary>What a plugin says of name resolution, in the order of resolv.conf.</summary>
public sealed record CniDns(
    ImmutableArray<string> Nameservers,
    string? Domain,
    ImmutableArray<string> Search,
    ImmutableArray<string> Options
)
{
    public static readonly CniDns None = new([], null, [], []);

    public bool IsEmpty =>
        Nameservers.IsDefaultOrEmpty
        && string.IsNullOrEmpty(Domain)
        && Search.IsDefaultOrEmpty
        && Options.IsDefaultOrEmpty;

    /// <summary>
    /// Writes the object as results below 1.0.0 and the network-status have it: nameservers, domain, search, options.
    /// </summary>
    public void WriteTo(Utf8JsonWriter w)
    {
        ArgumentNullException.ThrowIfNull(w);
        w.WriteStartObject();
        WriteList(w, "nameservers", Nameservers);
        WriteDomain(w);
        WriteList(w, "search", Search);
        WriteList(w, "options", Options);
        w.WriteEndObject();
    }

    /// <summary>The same members in the order of their names, as results from 1.0.0 on have them.</summary>
    internal void WriteSortedTo(Utf8JsonWriter w)
    {
        w.WriteStartObject();
        WriteDomain(w);
        WriteList(w, "nameservers", Nameservers);
        WriteList(w, "options", Options);
        WriteList(w, "search", Search);
        w.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter w, string name, ImmutableArray<string> items)
    {
        if (items.IsDefaultOrEmpty)
            return;

        w.WriteStartArray(name);
        foreach (var item in items)
            w.WriteStringValue(item);
        w.WriteEndArray();
    }

    private void WriteDomain(Utf8JsonWriter w)
    {
        if (!string.IsNullOrEmpty(Domain))
            w.WriteString("domain", Domain);
    }
}
