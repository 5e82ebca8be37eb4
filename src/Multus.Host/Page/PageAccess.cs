using System.Security.Cryptography;
using System.Text;

namespace Multus.Host.Page;

/// <summary>
/// Who may see the node's data: whoever knows the token; where there is none, whoever calls this machine by one of its
/// own names. A page of another site whose name was made to lead here has that site's name in Host.
/// </summary>
internal sealed class PageAccess(UiKeys keys, ILogger log)
{
    private const int LeastToken = 16;
    private const string Scheme = "Bearer ";
    private static readonly string[] OwnNames = ["localhost", "127.0.0.1", "[::1]"];

    private string _trouble = "";

    /// <summary>Whether a token is asked for.</summary>
    public bool NeedsToken => keys.TokenFile.Length > 0;

    /// <summary>For pages without data: the name by which the daemon was called.</summary>
    /// <returns>Null: all is well.</returns>
    public string? WhyNotByName(HttpRequest request)
    {
        var name = request.Host.Host;
        if (NeedsToken || IsOneOf(OwnNames, name) || IsOneOf(keys.Hosts, name))
            return null;
        return $"this page is not called {name}: call it localhost, or name the host in uiHosts of the daemon's "
            + "configuration, or ask for a token with uiTokenFile";
    }

    /// <summary>For data.</summary>
    /// <returns>Why not, and the status; null: all is well.</returns>
    public (int Status, string Reason)? WhyNot(HttpRequest request)
    {
        if (WhyNotByName(request) is { } reason)
            return (StatusCodes.Status403Forbidden, reason);
        if (!NeedsToken)
            return null;
        if (Token() is not { } token)
            return (StatusCodes.Status503ServiceUnavailable, _trouble);
        var said = request.Headers.Authorization.ToString();
        return said.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && IsSame(said[Scheme.Length..], token)
            ? null
            : (StatusCodes.Status401Unauthorized, "the token is missing or is not that of uiTokenFile");
    }

    private static bool IsOneOf(IEnumerable<string> names, string name) =>
        names.Contains(name, StringComparer.OrdinalIgnoreCase);

    // Of the hashes: neither the time nor the length says anything about the token.
    private static bool IsSame(string said, string token) =>
        CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(said.Trim())),
            SHA256.HashData(Encoding.UTF8.GetBytes(token))
        );

    // Read each time: a Secret may change, and nobody asks often.
    private string? Token()
    {
        var trouble = "";
        try
        {
            var token = File.ReadAllText(keys.TokenFile).Trim();
            if (token.Length >= LeastToken)
            {
                _trouble = "";
                return token;
            }

            trouble = $"{keys.TokenFile} has a token of {token.Length} characters: it takes {LeastToken} at least";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            trouble = $"the token cannot be read: {e.Message}";
        }

        if (Interlocked.Exchange(ref _trouble, trouble) != trouble)
            HostLog.NoPageToken(log, trouble);
        return null;
    }
}
