using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Multus.Kubernetes.Api.Configuration;

namespace Multus.Kubernetes.Api.Credentials;

/// <summary>
/// What a credential plugin is told, and what it answers (client.authentication.k8s.io, ExecCredential).
/// </summary>
internal static class ExecCredentialCodec
{
    /// <summary>The value of KUBERNETES_EXEC_INFO.</summary>
    public static string Request(ApiAccess access, ExecPlugin plugin)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", plugin.ApiVersion);
            json.WriteString("kind", "ExecCredential");
            json.WriteStartObject("spec");
            json.WriteBoolean("interactive", false);
            if (plugin.GetsClusterInfo)
                WriteCluster(json, access);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <param name="before">Given back when the plugin answers with the same certificate.</param>
    /// <exception cref="FormatException">It is not the answer that was asked for.</exception>
    public static ExecCredential Parse(ReadOnlyMemory<byte> stdout, ExecPlugin plugin, ClientCertificate? before)
    {
        try
        {
            using var document = JsonDocument.Parse(stdout);
            return Parse(document.RootElement, plugin, before);
        }
        catch (JsonException e)
        {
            throw new FormatException($"stdout is not JSON: {e.Message}", e);
        }
    }

    private static ExecCredential Parse(JsonElement root, ExecPlugin plugin, ClientCertificate? before)
    {
        if (Text(root, "kind") != "ExecCredential" || Text(root, "apiVersion") != plugin.ApiVersion)
            throw new FormatException(
                $"answered with {Text(root, "kind")} of {Text(root, "apiVersion")}, must be ExecCredential of "
                    + $"{plugin.ApiVersion}"
            );
        if (!root.TryGetProperty("status", out var status) || status.ValueKind != JsonValueKind.Object)
            throw new FormatException("the answer has no status");

        var token = Text(status, "token");
        if (token is not null && !Credential.IsToken(token))
            throw new FormatException("the answer's token is none that a header can carry");
        var certificate = CertificateOf(status, plugin, before);
        if (token is null && certificate is null)
            throw new FormatException("the answer has neither a token nor a clientCertificateData");
        return new ExecCredential(
            new Credential(token is null ? null : Credential.Bearer(token), certificate),
            ExpiryOf(status)
        );
    }

    private static ClientCertificate? CertificateOf(JsonElement status, ExecPlugin plugin, ClientCertificate? before)
    {
        var certificate = Text(status, "clientCertificateData");
        var key = Text(status, "clientKeyData");
        if (certificate is null && key is null)
            return null;
        if (certificate is null || key is null)
            throw new FormatException("the answer has only one of clientCertificateData and clientKeyData");
        var place = $"the answer of {plugin.Command}";
        try
        {
            return ClientCertificate.Read(
                new PemSource.Inline(place, certificate),
                new PemSource.Inline(place, key),
                before
            );
        }
        catch (CryptographicException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    private static DateTimeOffset ExpiryOf(JsonElement status)
    {
        if (!status.TryGetProperty("expirationTimestamp", out var expires) || expires.ValueKind == JsonValueKind.Null)
            return DateTimeOffset.MaxValue;
        return expires.ValueKind == JsonValueKind.String && expires.TryGetDateTimeOffset(out var time)
            ? time
            : throw new FormatException(
                $"expirationTimestamp is {expires.GetRawText()}, must be a time as RFC 3339 has it"
            );
    }

    private static void WriteCluster(Utf8JsonWriter json, ApiAccess access)
    {
        json.WriteStartObject("cluster");
        json.WriteString("server", access.Server.OriginalString);
        if (access.TlsServerName is { } name)
            json.WriteString("tls-server-name", name);
        if (access.SkipsTlsVerification)
            json.WriteBoolean("insecure-skip-tls-verify", true);
        if (access.Authority is { } authority)
            json.WriteBase64String("certificate-authority-data", Encoding.UTF8.GetBytes(authority.Read()));
        if (access.Proxy is { } proxy)
            json.WriteString("proxy-url", proxy.OriginalString);
        json.WriteEndObject();
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 } text
            ? text
            : null;
}

/// <param name="Expires"><see cref="DateTimeOffset.MaxValue"/>: good until refused.</param>
internal sealed record ExecCredential(Credential Credential, DateTimeOffset Expires);
