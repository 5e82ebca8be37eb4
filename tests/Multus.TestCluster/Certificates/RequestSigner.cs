using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Multus.TestCluster.Objects;

namespace Multus.TestCluster.Certificates;

/// <summary>
/// The controller that signs approved CertificateSigningRequests with the authority of the cluster's clients; here it
/// has signed before the approval is answered. Approves what it is told to.
/// </summary>
public sealed class RequestSigner
{
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(365);

    private readonly ObjectStore _objects;
    private readonly ServerIdentity _identity;
    private readonly TimeProvider _time;

    internal RequestSigner(ObjectStore objects, ServerIdentity identity, TimeProvider time)
    {
        _objects = objects;
        _identity = identity;
        _time = time;
    }

    /// <summary>True: every request is approved as soon as it is made.</summary>
    public bool ApprovesAll { get; set; }

    /// <summary>True: every request is denied as soon as it is made.</summary>
    public bool DeniesAll { get; set; }

    /// <summary>True: what is approved is not signed.</summary>
    public bool IsAway { get; set; }

    /// <summary>Approves a request and signs it, as <c>kubectl certificate approve</c> has it done.</summary>
    public StoredObject Approve(string name)
    {
        AddCondition(name, "Approved", "TestApproval");
        Look(name);
        return _objects.Get(ResourceType.SigningRequests, "", name);
    }

    public StoredObject Deny(string name) => AddCondition(name, "Denied", "TestDenial");

    /// <summary>A request has been made.</summary>
    internal StoredObject Made(StoredObject request) =>
        ApprovesAll ? Approve(request.Key.Name)
        : DeniesAll ? Deny(request.Key.Name)
        : request;

    /// <summary>Signs a request if it is approved and not signed.</summary>
    internal void Look(string name)
    {
        var request = _objects.Get(ResourceType.SigningRequests, "", name);
        var isSigned = request.Text("status", "certificate") is { Length: > 0 };
        if (IsAway || isSigned || !Has(request, "Approved") || Has(request, "Denied"))
            return;
        _objects.Update(
            ResourceType.SigningRequests,
            "",
            name,
            current =>
            {
                var content = current.ToMutable();
                content["status"]!["certificate"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(Sign(current)));
                return content;
            }
        );
    }

    private static bool Has(StoredObject request, string type) =>
        request.Json.TryGetProperty("status", out var status)
        && status.TryGetProperty("conditions", out var conditions)
        && conditions.EnumerateArray().Any(condition => condition.GetProperty("type").GetString() == type);

    /// <exception cref="CryptographicException">It is no request.</exception>
    private string Sign(StoredObject request)
    {
        var spec = request.Json.GetProperty("spec");
        var life =
            spec.TryGetProperty("expirationSeconds", out var seconds) && seconds.ValueKind == JsonValueKind.Number
                ? TimeSpan.FromSeconds(seconds.GetInt32())
                : LongestLife;
        var pem = Encoding.ASCII.GetString(spec.GetProperty("request").GetBytesFromBase64());
        return _identity.Authority.Sign(pem, life);
    }

    private StoredObject AddCondition(string name, string type, string reason) =>
        _objects.Update(
            ResourceType.SigningRequests,
            "",
            name,
            current =>
            {
                var content = current.ToMutable();
                if (content["status"] is not JsonObject status)
                    content["status"] = status = [];
                if (status["conditions"] is not JsonArray conditions)
                    status["conditions"] = conditions = [];
                conditions.Add(
                    new JsonObject
                    {
                        ["type"] = type,
                        ["status"] = "True",
                        ["reason"] = reason,
                        ["lastUpdateTime"] = _time
                            .GetUtcNow()
                            .UtcDateTime.ToString(
                                "yyyy-MM-ddTHH:mm:ssZ",
                                System.Globalization.CultureInfo.InvariantCulture
                            ),
                    }
                );
                return content;
            }
        );
}
