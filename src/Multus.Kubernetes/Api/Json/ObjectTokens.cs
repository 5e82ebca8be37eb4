using System.Text.Json;

namespace Multus.Kubernetes.Api.Json;

/// <summary>
/// Follows the tokens of Kubernetes objects and keeps what <see cref="ObjectDraft"/> has room for. Derived types say
/// what the text is: an object, a list of them, or watch events. A value of an unexpected type is passed over like an
/// unknown one.
/// </summary>
/// <param name="top">What each text is.</param>
internal abstract class ObjectTokens(ObjectTokens.Place top) : IJsonTokens
{
    private readonly Stack<Place> _places = new();
    private Field _field; // whose value comes next
    private string? _annotation; // the key, when it is an annotation's
    private int _skipped; // how deep we are in something that is not kept

    /// <summary>What the innermost kept object or array is.</summary>
    internal enum Place
    {
        Event,
        List,
        ListMetadata,
        Items,
        Object,
        Metadata,
        Annotations,
        Spec,
        Details,
    }

    private enum Field
    {
        Other,
        Type,
        Object,
        Items,
        ListMetadata,
        ListVersion,
        Continue,
        Metadata,
        Spec,
        Details,
        Annotations,
        Annotation,
        Name,
        Namespace,
        Uid,
        Version,
        Config,
        Code,
        Message,
        RetryAfter,
    }

    public bool IsBetweenTexts => _places.Count == 0 && _skipped == 0;

    protected ObjectDraft Draft { get; } = new();

    /// <summary>Of a watch event.</summary>
    protected string? EventType { get; private set; }

    /// <summary>Of a list.</summary>
    protected string? ListVersion { get; private set; }

    /// <summary>Of a list: where its next page begins.</summary>
    protected string? ListContinue { get; private set; }

    public void OnToken(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                Enter(reader.TokenType);
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                Leave();
                break;
            case var _ when _skipped > 0:
                break;
            default:
                Read(ref reader);
                break;
        }
    }

    /// <summary>An object, or a watch event, is whole. The draft is cleared afterwards.</summary>
    protected abstract void OnObject();

    private void Enter(JsonTokenType token)
    {
        if (_skipped > 0 || PlaceOf(_field, token) is not { } place)
            _skipped++;
        else
            _places.Push(place);
        _field = Field.Other;
    }

    private Place? PlaceOf(Field field, JsonTokenType token)
    {
        if (_places.Count == 0)
            return token == JsonTokenType.StartObject ? top : null;
        return (_places.Peek(), field, token) switch
        {
            (Place.Items, _, JsonTokenType.StartObject) => Place.Object,
            (_, Field.Items, JsonTokenType.StartArray) => Place.Items,
            (_, Field.Object, JsonTokenType.StartObject) => Place.Object,
            (_, Field.ListMetadata, JsonTokenType.StartObject) => Place.ListMetadata,
            (_, Field.Metadata, JsonTokenType.StartObject) => Place.Metadata,
            (_, Field.Annotations, JsonTokenType.StartObject) => Place.Annotations,
            (_, Field.Spec, JsonTokenType.StartObject) => Place.Spec,
            (_, Field.Details, JsonTokenType.StartObject) => Place.Details,
            _ => null,
        };
    }

    private void Leave()
    {
        if (_skipped > 0)
        {
            _skipped--;
            return;
        }

        var left = _places.Pop();
        var isWhole = left == Place.Event || (left == Place.Object && top != Place.Event);
        if (!isWhole)
            return;
        OnObject();
        Draft.Clear();
        EventType = null;
    }

    private void Read(ref Utf8JsonReader reader)
    {
        try
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
                _field = FieldAt(ref reader);
            else
                Keep(ref reader);
        }
        catch (InvalidOperationException e)
        {
            // To pass it over could be to give a pod fewer networks than it asks for.
            throw new InvalidDataException(
                $"the answer has text that is no Unicode, after object '{Draft.Namespace}/{Draft.Name}' began: "
                    + $"{e.Message}",
                e
            );
        }
    }

    private Field FieldAt(ref Utf8JsonReader reader) =>
        _places.Peek() switch
        {
            Place.Event => reader.ValueTextEquals("type"u8) ? Field.Type
            : reader.ValueTextEquals("object"u8) ? Field.Object
            : Field.Other,
            Place.List => reader.ValueTextEquals("items"u8) ? Field.Items
            : reader.ValueTextEquals("metadata"u8) ? Field.ListMetadata
            : Field.Other,
            Place.ListMetadata => reader.ValueTextEquals("resourceVersion"u8) ? Field.ListVersion
            : reader.ValueTextEquals("continue"u8) ? Field.Continue
            : Field.Other,
            Place.Object => ObjectField(ref reader),
            Place.Metadata => MetadataField(ref reader),
            Place.Annotations => (_annotation = KeptAnnotations.Find(ref reader)) is null
                ? Field.Other
                : Field.Annotation,
            Place.Spec => reader.ValueTextEquals("config"u8) ? Field.Config : Field.Other,
            Place.Details => reader.ValueTextEquals("retryAfterSeconds"u8) ? Field.RetryAfter : Field.Other,
            _ => Field.Other,
        };

    private static Field ObjectField(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("metadata"u8) ? Field.Metadata
        : reader.ValueTextEquals("spec"u8) ? Field.Spec
        : reader.ValueTextEquals("details"u8) ? Field.Details
        : reader.ValueTextEquals("code"u8) ? Field.Code
        : reader.ValueTextEquals("message"u8) ? Field.Message
        : Field.Other;

    private static Field MetadataField(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("name"u8) ? Field.Name
        : reader.ValueTextEquals("namespace"u8) ? Field.Namespace
        : reader.ValueTextEquals("uid"u8) ? Field.Uid
        : reader.ValueTextEquals("resourceVersion"u8) ? Field.Version
        : reader.ValueTextEquals("annotations"u8) ? Field.Annotations
        : Field.Other;

    private void Keep(ref Utf8JsonReader reader)
    {
        var field = _field;
        _field = Field.Other;
        if (field is Field.Code or Field.RetryAfter)
        {
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number))
                KeepNumber(field, number);
        }
        else if (field != Field.Other && reader.TokenType == JsonTokenType.String)
        {
            KeepText(field, reader.GetString()!);
        }
    }

    private void KeepNumber(Field field, int number)
    {
        if (field == Field.Code)
            Draft.Code = number;
        else
            Draft.RetryAfterSeconds = number;
    }

    private void KeepText(Field field, string text)
    {
        switch (field)
        {
            case Field.Type:
                EventType = text;
                break;
            case Field.ListVersion:
                ListVersion = text;
                break;
            case Field.Continue:
                ListContinue = text.Length > 0 ? text : null;
                break;
            case Field.Annotation:
                Draft.Annotate(_annotation!, text);
                break;
            case Field.Name:
                Draft.Name = text;
                break;
            case Field.Namespace:
                Draft.Namespace = text;
                break;
            case Field.Uid:
                Draft.Uid = text;
                break;
            case Field.Version:
                Draft.ResourceVersion = text;
                break;
            case Field.Config:
                Draft.Config = text;
                break;
            case Field.Message:
                Draft.Message = text;
                break;
        }
    }
}
