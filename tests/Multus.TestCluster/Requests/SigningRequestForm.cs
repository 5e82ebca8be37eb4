using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Multus.TestCluster.Access;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Statuses;

namespace Multus.TestCluster.Requests;

/// <summary>What is different about CertificateSigningRequests: who writes which part, and what is refused.</summary>
internal static class SigningRequestForm
{
    public const string ApprovalPart = "approval";

    private const int ShortestLife = 600;
    private const string StatusPart = "status";

    /// <summary>The server says who asks; a new request has no status.</summary>
    /// <exception cref="ApiException">422.</exception>
    public static void Prepare(JsonObject content, Requester requester)
    {
        if (content["spec"] is not JsonObject spec)
            throw Invalid("spec", "Required value");
        RequireRequest((spec["request"] as JsonValue)?.GetValue<string>() ?? "");
        if ((spec["signerName"] as JsonValue)?.GetValue<string>().Contains('/', StringComparison.Ordinal) is not true)
            throw Invalid("spec.signerName", "must be a fully qualified domain and path");
        if (spec["usages"] is not JsonArray { Count: > 0 })
            throw Invalid("spec.usages", "Required value");
        if (spec["expirationSeconds"] is JsonValue life && life.GetValue<int>() < ShortestLife)
            throw Invalid("spec.expirationSeconds", "may not specify a duration less than 600 seconds (10 minutes)");
        spec["username"] = requester.Name;
        spec["groups"] = new JsonArray([.. requester.Groups.Select(group => JsonValue.Create(group))]);
        content[StatusPart] = new JsonObject();
    }

    /// <summary>The status as it is after a write: each sub-resource writes a part of it.</summary>
    public static JsonNode? StatusAfter(ApiTarget target, JsonObject old, JsonObject content)
    {
        var before = old[StatusPart] as JsonObject;
        if (target.Subresource.Length == 0)
            return before?.DeepClone();
        var asked = content[StatusPart]?.DeepClone() as JsonObject ?? [];
        if (target.Subresource == ApprovalPart)
        {
            asked.Remove("certificate");
            if (before?["certificate"] is { } certificate)
                asked["certificate"] = certificate.DeepClone();
        }
        else if (before?["conditions"] is { } conditions)
        {
            asked["conditions"] = conditions.DeepClone();
        }

        return asked;
    }

    private static void RequireRequest(string base64)
    {
        try
        {
            _ = CertificateRequest.LoadSigningRequestPem(
                Encoding.ASCII.GetString(Convert.FromBase64String(base64)),
                HashAlgorithmName.SHA256,
                signerSignaturePadding: RSASignaturePadding.Pkcs1
            );
        }
        catch (Exception e) when (e is FormatException or CryptographicException or ArgumentException)
        {
            throw Invalid("spec.request", "PEM block type must be CERTIFICATE REQUEST");
        }
    }

    private static ApiException Invalid(string field, string why) =>
        new(ApiStatus.InvalidField(ResourceType.SigningRequests, field, why));
}
