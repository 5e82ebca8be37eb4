using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Multus.Kubernetes.Api.Configuration;
using Multus.Linux.Files;

namespace Multus.Kubernetes.Certificates;

/// <summary>
/// Certificates with their keys in a folder, under upstream's names: a file for each, and a link to the one that
/// counts. Whoever reads through the link finds a whole pair or none, whatever this process was doing when it was
/// killed.
/// </summary>
internal sealed class CertificateStore
{
    public const string CurrentName = "multus-client-current.pem";

    private const string Prefix = "multus-client-";
    private const string Suffix = ".pem";
    private const string UpdatedName = "multus-client-updated.pem";
    private const string TimeFormat = "yyyy-MM-dd-HH-mm-ss";
    private const int MaxBytes = 1 << 20;
    private const UnixFileMode FolderMode =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    private readonly string _folder;
    private readonly ICertificateFiles _files;
    private readonly TimeProvider _time;
    private readonly string _updated;
    private CertificatePair? _read; // what was behind the link when it was last read

    /// <param name="folder">An absolute path; need not exist.</param>
    public CertificateStore(string folder, ICertificateFiles files, TimeProvider time)
    {
        _folder = folder;
        _files = files;
        _time = time;
        _updated = Path.Combine(folder, UpdatedName);
        Current = CurrentIn(folder);
    }

    /// <summary>The link that clients read.</summary>
    public string Current { get; }

    public static string CurrentIn(string folder) => Path.Combine(folder, CurrentName);

    /// <summary>The pair behind the link, or why there is none.</summary>
    public (CertificatePair? Pair, string Trouble) Find()
    {
        try
        {
            return (_read = Read(Current, _read), "");
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return (null, e.Message);
        }
    }

    /// <summary>
    /// Makes of what a killed process left, in any state, a store whose link leads to the pair that is good longest, if
    /// there is a good one.
    /// </summary>
    /// <param name="isGood">Whether a pair does.</param>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    /// <exception cref="ApiConfigurationException">Something else is where the link has to be.</exception>
    public void Recover(Predicate<CertificatePair> isGood)
    {
        DurableFile.CreateFolder(_folder, FolderMode);
        RequireLink(Current);
        RequireLink(_updated);
        DurableFile.SweepTemps(_folder, name => name.StartsWith($".{Prefix}", StringComparison.Ordinal));
        var target = TargetOf(Current);
        // The current one first: of two that are good for the same time it stays.
        var best = BestOf(target is null ? Dated() : [target, .. Dated()], isGood) ?? target;
        if (best is not null && best != target)
            PointTo(best);
        else
            _files.Delete(_updated);
        Sweep(isGood);
    }

    /// <summary>Stores a new pair and makes it the one that counts. The one before it stays.</summary>
    /// <exception cref="IOException">The link is as it was.</exception>
    /// <exception cref="ApiConfigurationException">Something else is where the link has to be.</exception>
    /// <exception cref="CryptographicException">They are no pair.</exception>
    public CertificatePair Save(string certificatePem, string keyPem)
    {
        var pair = CertificatePair.Parse($"{certificatePem.TrimEnd()}\n{keyPem.TrimEnd()}\n");
        RequireLink(Current);
        RequireLink(_updated);
        var stamp = _time.GetUtcNow().ToString(TimeFormat, CultureInfo.InvariantCulture);
        var path = Path.Combine(_folder, $"{Prefix}{stamp}{Suffix}");
        _files.Write(path, pair.Pem);
        PointTo(path);
        Sweep(_ => true);
        return pair;
    }

    private void PointTo(string path)
    {
        _files.Delete(_updated);
        _files.CreateLink(_updated, path);
        _files.Rename(_updated, Current);
    }

    /// <summary>
    /// The pair before the current one stays for whoever has just read the link; files after it may be another
    /// daemon's, of which the link follows.
    /// </summary>
    private void Sweep(Predicate<CertificatePair> isGood)
    {
        var target = TargetOf(Current);
        var dated = Dated();
        var before = dated.FindAll(path => string.CompareOrdinal(path, target) < 0);
        for (var i = 0; i < before.Count - 1; i++)
            _files.Delete(before[i]);
        foreach (var path in dated)
        {
            if (string.CompareOrdinal(path, target) > 0 && UntilOf(path, isGood) is null)
                _files.Delete(path);
        }
    }

    private static string? BestOf(List<string> paths, Predicate<CertificatePair> isGood)
    {
        string? best = null;
        DateTimeOffset? bestUntil = null;
        foreach (var path in paths)
        {
            if (UntilOf(path, isGood) is { } until && (bestUntil is null || until > bestUntil))
                (best, bestUntil) = (path, until);
        }

        return best;
    }

    private static DateTimeOffset? UntilOf(string path, Predicate<CertificatePair> isGood)
    {
        try
        {
            return Read(path, before: null) is var pair && isGood(pair) ? pair.NotAfter : null;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return null; // as good as none: it was half written, and another one is asked for
        }
    }

    private static CertificatePair Read(string path, CertificatePair? before)
    {
        var pem = Encoding.UTF8.GetString(RegularFile.Read(path, MaxBytes));
        return pem == before?.Pem ? before : CertificatePair.Parse(pem);
    }

    private static bool IsUnreadable(Exception e) =>
        e is IOException or UnauthorizedAccessException or CryptographicException;

    /// <summary>In the order of time.</summary>
    private List<string> Dated()
    {
        var dated = new List<string>();
        foreach (var path in Directory.EnumerateFiles(_folder, $"{Prefix}*{Suffix}"))
        {
            var stamp = Path.GetFileName(path)[Prefix.Length..^Suffix.Length];
            if (DateTime.TryParseExact(stamp, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
                dated.Add(path);
        }

        dated.Sort(StringComparer.Ordinal);
        return dated;
    }

    private string? TargetOf(string link) =>
        new FileInfo(link).LinkTarget is { } target ? Path.Combine(_folder, target) : null;

    private static void RequireLink(string path)
    {
        if (FileStatus.FindLink(path) is { Kind: not FileKind.Link })
            throw new ApiConfigurationException(
                $"{path} must be a link to the certificate that counts, and is none: move it away"
            );
    }
}
