using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using k8s;
using k8s.Models;
using Multus.Kubernetes.Api.Claims;

namespace Multus.Kubernetes.Api.Json;

/// <summary>
/// KubernetesClient's JSON with our types in it, and without its refusal of a whole answer for one value that it cannot
/// read.
/// </summary>
internal static class KubeJson
{
    /// <summary>What answers are read with.</summary>
    private static readonly JsonSerializerOptions Options = MakeOptions();

    public static KubernetesClientConfiguration WithOurJson(this KubernetesClientConfiguration configuration)
    {
        configuration.AddJsonOptions(options =>
        {
            // Before the library's, of which the published daemon has nothing: KubernetesClientSubstitutions.xml.
            options.TypeInfoResolverChain.Insert(0, ApiJsonContext.Default);
            options.Converters.Insert(0, new Lenient<ResourceQuantity>(new ResourceQuantityJsonConverter()));
            options.Converters.Insert(
                0,
                new Lenient<DateTimeOffset>(new KubernetesJson.KubernetesDateTimeOffsetConverter())
            );
            options.Converters.Insert(0, new Lenient<DateTime>(new KubernetesJson.KubernetesDateTimeConverter()));
        });
        return configuration;
    }

    /// <summary>Reads one object of a type of <see cref="ApiJsonContext"/>.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static async Task<T> ReadAsync<T>(Stream body, CancellationToken cancel)
        where T : class =>
        await JsonSerializer.DeserializeAsync(body, TypeOf<T>(), cancel).ConfigureAwait(false)
        ?? throw new JsonException("the answer is null");

    /// <exception cref="JsonException">It is none.</exception>
    public static T? Read<T>(ReadOnlySpan<byte> body)
        where T : class => JsonSerializer.Deserialize(body, TypeOf<T>());

    private static JsonTypeInfo<T> TypeOf<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    private static JsonSerializerOptions MakeOptions() =>
        new KubernetesClientConfiguration().WithOurJson().JsonSerializerOptions;
}

/// <summary>
/// Reads as another converter, and takes what that one cannot read for missing: a date by a clock gone wild is no
/// reason to lose a list.
/// </summary>
internal sealed class Lenient<T>(JsonConverter<T> strict) : JsonConverter<T>
{
    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return strict.Read(ref reader, typeToConvert, options);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            return default;
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        strict.Write(writer, value, options);
}

/// <summary>
/// A body that is JSON already: of an object that goes back as it came, with all that nobody here has a name for.
/// </summary>
[JsonConverter(typeof(RawJsonConverter))]
internal sealed record RawJson(ReadOnlyMemory<byte> Utf8);

internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("what is read has a type");

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
}

/// <summary>What is sent to the API server and read of it: our own types and the library's models.</summary>
[JsonSerializable(typeof(Corev1Event))]
[JsonSerializable(typeof(Resourcev1ResourceClaim))]
[JsonSerializable(typeof(V1CertificateSigningRequest))]
[JsonSerializable(typeof(V1Patch))]
[JsonSerializable(typeof(V1ResourceSliceList))]
[JsonSerializable(typeof(V1Status))]
[JsonSerializable(typeof(RawJson))]
[JsonSerializable(typeof(ClaimingPod))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
