using System.Text.Json;
using Multus.TestCluster.Objects;

namespace Multus.TestCluster.Statuses;

/// <summary>
/// The object of kind <c>Status</c> with which the API server answers what it did not do, and a deletion; messages are
/// worded as it words them.
/// </summary>
public sealed record ApiStatus(int Code, string Reason, string Message)
{
    private const string ExpiredReason = "Expired";

    /// <summary>The object's name in <c>details</c>.</summary>
    public string? Name { get; init; }

    public string? Group { get; init; }

    /// <summary>In <c>details</c>: the resource's plural, for validation errors its kind.</summary>
    public string? Kind { get; init; }

    public int? RetryAfterSeconds { get; init; }

    /// <summary>With an expired list token: a token that goes on from there at today's state.</summary>
    public string? Continue { get; init; }

    public StatusCause? Cause { get; init; }

    private string? Uid { get; init; }

    private bool IsSuccess => Code < 400;

    public static ApiStatus NotFound(ResourceType type, string name) =>
        Of(404, "NotFound", $"{type.QualifiedName} \"{name}\" not found", type, name);

    public static ApiStatus AlreadyExists(ResourceType type, string name) =>
        Of(409, "AlreadyExists", $"{type.QualifiedName} \"{name}\" already exists", type, name);

    /// <summary>The optimistic lock.</summary>
    public static ApiStatus Modified(ResourceType type, string name) =>
        Conflict(
            type,
            name,
            "the object has been modified; please apply your changes to the latest version and try again"
        );

    public static ApiStatus UidPrecondition(ResourceType type, string name, string asked, string found) =>
        Conflict(type, name, $"Precondition failed: UID in precondition: {asked}, UID in object meta: {found}");

    public static ApiStatus DeletePrecondition(ResourceType type, string name, string asked, string found) =>
        Conflict(
            type,
            name,
            $"the UID in the precondition ({asked}) does not match the UID in record ({found}). The object might have been deleted and then recreated"
        );

    /// <summary>A field that a patch or an update must leave as it is, as <c>metadata.uid</c>.</summary>
    public static ApiStatus ImmutableField(ResourceType type, string name, string field, string asked)
    {
        var cause = new StatusCause("FieldValueInvalid", $"Invalid value: \"{asked}\": field is immutable", field);
        return new ApiStatus(422, "Invalid", $"{type.QualifiedKind} \"{name}\" is invalid: {field}: {cause.Message}")
        {
            Name = name,
            Group = type.Group,
            Kind = type.Kind,
            Cause = cause,
        };
    }

    /// <summary>A field of a new object.</summary>
    public static ApiStatus InvalidField(ResourceType type, string field, string why) =>
        new(422, "Invalid", $"{type.QualifiedKind} \"\" is invalid: {field}: {why}")
        {
            Group = type.Group,
            Kind = type.Kind,
            Cause = new StatusCause("FieldValueInvalid", why, field),
        };

    public static ApiStatus Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static ApiStatus Forbidden(ResourceType type, string? name, string message) =>
        Of(403, "Forbidden", message, type, name);

    public static ApiStatus BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiStatus MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");

    public static ApiStatus NotAcceptable() =>
        new(
            406,
            "NotAcceptable",
            "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf"
        );

    public static ApiStatus UnsupportedMediaType(IEnumerable<string> accepted) =>
        new(
            415,
            "UnsupportedMediaType",
            $"the body of the request was in an unknown format - accepted media types include: {string.Join(", ", accepted)}"
        );

    public static ApiStatus TooOldResourceVersion(long asked, long oldest) =>
        new(410, ExpiredReason, $"too old resource version: {asked} ({oldest})");

    public static ApiStatus ExpiredContinue(string goOn) =>
        new(
            410,
            ExpiredReason,
            "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, "
                + "or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an "
                + "inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list."
        )
        {
            Continue = goOn,
        };

    public static ApiStatus TooLargeResourceVersion(long asked, long current) =>
        new(504, "Timeout", $"Too large resource version: {asked}, current: {current}")
        {
            RetryAfterSeconds = 1,
            Cause = new StatusCause("ResourceVersionTooLarge", "Too large resource version", ""),
        };

    public static ApiStatus InternalError(string what) => new(500, "InternalError", $"Internal error occurred: {what}");

    public static ApiStatus ServiceUnavailable() =>
        new(503, "ServiceUnavailable", "the server is currently unable to handle the request");

    public static ApiStatus Deleted(StoredObject item) =>
        Of(200, "", "", item.Type, item.Key.Name) with
        {
            Uid = item.Uid,
        };

    /// <summary>The status as JSON.</summary>
    public byte[] ToUtf8()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
            WriteTo(json);
        return buffer.ToArray();
    }

    private static ApiStatus Conflict(ResourceType type, string name, string why) =>
        Of(409, "Conflict", $"Operation cannot be fulfilled on {type.QualifiedName} \"{name}\": {why}", type, name);

    private static ApiStatus Of(int code, string reason, string message, ResourceType type, string? name) =>
        new(code, reason, message)
        {
            Name = name,
            Group = type.Group,
            Kind = type.Plural,
        };

    private void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("kind", "Status");
        json.WriteString("apiVersion", "v1");
        json.WriteStartObject("metadata");
        WriteIfAny(json, "continue", Continue);
        json.WriteEndObject();
        json.WriteString("status", IsSuccess ? "Success" : "Failure");
        WriteIfAny(json, "message", Message);
        WriteIfAny(json, "reason", Reason);
        if (Kind is not null || Cause is not null || RetryAfterSeconds is not null)
            WriteDetails(json);
        if (!IsSuccess)
            json.WriteNumber("code", Code);
        json.WriteEndObject();
    }

    private void WriteDetails(Utf8JsonWriter json)
    {
        json.WriteStartObject("details");
        WriteIfAny(json, "name", Name);
        WriteIfAny(json, "group", Group);
        WriteIfAny(json, "kind", Kind);
        WriteIfAny(json, "uid", Uid);
        if (Cause is not null)
        {
            json.WriteStartArray("causes");
            json.WriteStartObject();
            json.WriteString("reason", Cause.Reason);
            json.WriteString("message", Cause.Message);
            WriteIfAny(json, "field", Cause.Field);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        if (RetryAfterSeconds is { } seconds)
            json.WriteNumber("retryAfterSeconds", seconds);
        json.WriteEndObject();
    }

    private static void WriteIfAny(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            json.WriteString(name, value);
    }
}

/// <summary>One entry of <c>details.causes</c>.</summary>
public sealed record StatusCause(string Reason, string Message, string Field);
