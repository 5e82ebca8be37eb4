using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Multus.TestCluster.Statuses;

namespace Multus.TestCluster.Requests;

/// <summary>One request, read to its end.</summary>
/// <param name="Target">Null when the path is none of a resource.</param>
internal sealed record ApiRequest(HttpContext Http, ApiTarget? Target, string Verb, byte[] Body)
{
    public static async Task<ApiRequest> ReadAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var target = ApiTarget.Parse(http.Request.Path.Value ?? "");
        return new ApiRequest(http, target, VerbOf(http.Request, target), body.ToArray());
    }

    public string MediaType => (Http.Request.ContentType ?? "").Split(';')[0].Trim();

    public string Query(string name) => Http.Request.Query[name].ToString();

    public bool IsSet(string name) => Query(name) is "true" or "1";

    /// <exception cref="ApiException">415, of a type that this server does not read; real ones take YAML and protobuf
    /// besides.</exception>
    public void RequireJson()
    {
        if (MediaType is not ("application/json" or ""))
            throw new ApiException(ApiStatus.UnsupportedMediaType(["application/json"]));
    }

    /// <exception cref="ApiException">400, no JSON object.</exception>
    public JsonObject BodyObject()
    {
        try
        {
            return JsonNode.Parse(Body) as JsonObject
                ?? throw new ApiException(ApiStatus.BadRequest("the body is not a JSON object"));
        }
        catch (JsonException bad)
        {
            throw new ApiException(ApiStatus.BadRequest($"error decoding body: {bad.Message}"));
        }
    }

    private static string VerbOf(HttpRequest request, ApiTarget? target) =>
        request.Method switch
        {
            "GET" when target is { Name.Length: > 0 } or null => "get",
            "GET" => request.Query["watch"].ToString() is "true" or "1" ? "watch" : "list",
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => "delete",
            var other => other.ToLowerInvariant(),
        };
}
