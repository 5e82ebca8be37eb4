using System.Globalization;

namespace Multus.Cni;

/// <summary>A version of the CNI specification, compared part by part (cni-runtime.md §3).</summary>
public readonly record struct CniVersion(int Major, int Minor, int Patch) : IComparable<CniVersion>
{
    public static readonly CniVersion V010 = new(0, 1, 0);
    public static readonly CniVersion V020 = new(0, 2, 0);
    public static readonly CniVersion V030 = new(0, 3, 0);
    public static readonly CniVersion V031 = new(0, 3, 1);
    public static readonly CniVersion V040 = new(0, 4, 0);
    public static readonly CniVersion V100 = new(1, 0, 0);
    public static readonly CniVersion V110 = new(1, 1, 0);

    /// <summary>The newest version whose results and verbs are known here.</summary>
    public static CniVersion Latest => V110;

    /// <summary>Every version whose results can be read, written and converted, oldest first.</summary>
    public static IReadOnlyList<CniVersion> Supported { get; } = [V010, V020, V030, V031, V040, V100, V110];

    public bool IsSupported
    {
        get
        {
            foreach (var known in Supported)
            {
                if (known == this)
                    return true;
            }

            return false;
        }
    }

    public static bool operator <(CniVersion left, CniVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(CniVersion left, CniVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(CniVersion left, CniVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(CniVersion left, CniVersion right) => left.CompareTo(right) >= 0;

    /// <summary>Reads one to three decimal parts; a missing text means 0.1.0, as the specification says.</summary>
    /// <exception cref="CniException">Code 6: the text is not a version.</exception>
    public static CniVersion Parse(string? text) =>
        TryParse(text, out var version)
            ? version
            : throw new CniException(
                CniErrorCode.Decode,
                $"invalid CNI version {LogText.Text(text)}: one to three numbers with dots between them are expected"
            );

    /// <summary>As <see cref="Parse"/>, saying no instead of throwing.</summary>
    public static bool TryParse(string? text, out CniVersion version)
    {
        version = V010;
        if (string.IsNullOrEmpty(text))
            return true;

        Span<int> parts = [0, 0, 0];
        var count = 0;
        foreach (var range in text.AsSpan().Split('.'))
        {
            if (count == parts.Length || !TryParsePart(text.AsSpan(range), out parts[count]))
                return false;

            count++;
        }

        version = new CniVersion(parts[0], parts[1], parts[2]);
        return true;
    }

    public int CompareTo(CniVersion other)
    {
        if (Major != other.Major)
            return Major.CompareTo(other.Major);

        return Minor != other.Minor ? Minor.CompareTo(other.Minor) : Patch.CompareTo(other.Patch);
    }

    public override string ToString() => $"{Major}.{Minor}.{Patch}";

    private static bool TryParsePart(ReadOnlySpan<char> text, out int part) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out part);
}
