using System.Collections.Immutable;
using System.Text;

namespace Multus.Cni;

/// <summary>The text of CNI_ARGS: <c>K=V;K=V</c>, in order, repetitions kept (cni-runtime.md §14).</summary>
public static class CniArgs
{
    /// <summary>Splits at ';' and each item at its first '=': upstream refuses a value that holds '=', the specification does not.</summary>
    /// <exception cref="CniException">Code 4, naming the item that is no pair.</exception>
    public static ImmutableArray<KeyValuePair<string, string>> Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return [];

        var pairs = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (var item in text.Split(';'))
        {
            var equals = item.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new CniException(CniErrorCode.InvalidEnvironment, $"ARGS: invalid pair {Quoted.Text(item)}", "CNI_ARGS must be KEY=VALUE pairs with ';' between them");

            pairs.Add(new(item[..equals], item[(equals + 1)..]));
        }

        return pairs.DrainToImmutable();
    }

    public static string Format(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in pairs)
        {
            if (text.Length > 0)
                text.Append(';');
            text.Append(key).Append('=').Append(value);
        }

        return text.ToString();
    }
}
