using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace Multus.Cni;

/// <summary>The text of CNI_ARGS: <c>K=V;K=V</c>, in order, repetitions kept (cni-runtime.md §14).</summary>
public static class CniArgs
{
    private const string KubernetesPrefix = "K8S_";

    // '=' and the control characters of ASCII.
    private static readonly SearchValues<char> Unpassable = SearchValues.Create(
        "=\0\u0001\u0002\u0003\u0004\u0005\u0006\a\b\t\n\v\f\r\u000e\u000f\u0010"
            + "\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\u007f"
    );

    /// <summary>
    /// Splits at ';' and each item at its first '=': upstream refuses a value that holds '=', the specification does
    /// not.
    /// </summary>
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
                throw new CniException(
                    CniErrorCode.InvalidEnvironment,
                    $"ARGS: invalid pair {LogText.Text(item)}",
                    "CNI_ARGS must be KEY=VALUE pairs with ';' between them"
                );

            pairs.Add(new(item[..equals], item[(equals + 1)..]));
        }

        return pairs.DrainToImmutable();
    }

    /// <summary>
    /// Refuses values of Kubernetes' arguments that could not be passed on: plugins split each pair at every '=' and
    /// take no pair of three parts.
    /// </summary>
    /// <exception cref="CniException">Code 4, naming the argument.</exception>
    public static void RequirePassable(ImmutableArray<KeyValuePair<string, string>> args)
    {
        foreach (var (key, value) in args)
        {
            if (!key.StartsWith(KubernetesPrefix, StringComparison.Ordinal))
                continue;
            if (value.AsSpan().ContainsAny(Unpassable))
            {
                throw new CniException(
                    CniErrorCode.InvalidEnvironment,
                    $"CNI_ARGS: {key} is {LogText.Text(value)}, must have no '=' and no control character: "
                        + "plugins could not read it"
                );
            }
        }
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
