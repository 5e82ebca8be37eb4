using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni;

namespace Multus.Core.Json;

/// <summary>
/// Typed reading of an object's members: names match without regard to case, <c>null</c> counts as absent, a wrong type
/// is an error that names the member, what was found and what would do (cni-runtime.md §1).
/// </summary>
/// <param name="owner">What the object is, as an error message begins: "annotation x, element 2".</param>
internal readonly struct JsonMembers(JsonElement value, string owner, uint errorCode)
{
    public JsonElement? Find(string name) => CniJson.Find(value, name);

    /// <summary>The text, or <c>null</c> when the member is absent or empty.</summary>
    public string? Text(string name)
    {
        if (Find(name) is not { } member)
            return null;
        if (member.ValueKind != JsonValueKind.String)
            throw WrongType(name, member, "a string");
        return member.GetString() is { Length: > 0 } text ? text : null;
    }

    public bool Flag(string name) =>
        Find(name) switch
        {
            null => false,
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            { } other => throw WrongType(name, other, "true or false"),
        };

    /// <summary>The texts, or <c>null</c> when the member is absent; an empty array stays an empty array.</summary>
    public ImmutableArray<string>? Texts(string name)
    {
        if (Array(name) is not { } array)
            return null;
        var texts = ImmutableArray.CreateBuilder<string>(array.GetArrayLength());
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String)
                throw WrongType($"{name}[{texts.Count}]", item, "a string");
            texts.Add(item.GetString()!);
        }

        return texts.MoveToImmutable();
    }

    public JsonElement? Array(string name) => Of(name, JsonValueKind.Array, "an array");

    public JsonElement? Object(string name) => Of(name, JsonValueKind.Object, "an object");

    /// <summary>Requires a whole number within these bounds if the member is there.</summary>
    public void RequireInteger(string name, long least, long most = long.MaxValue)
    {
        if (Find(name) is not { } member)
            return;
        if (member.ValueKind != JsonValueKind.Number || !member.TryGetInt64(out var number))
            throw WrongType(name, member, "a whole number");
        if (number < least || number > most)
            throw WrongType(
                name,
                member,
                most == long.MaxValue ? $"a whole number from {least}" : $"a whole number from {least} to {most}"
            );
    }

    public CniException WrongType(string name, JsonElement found, string wanted) =>
        Invalid($"'{name}' is {JsonText.KindOf(found)} ({JsonText.Excerpt(found)}), must be {wanted}");

    public CniException Invalid(string problem) => new(errorCode, $"{owner}: {problem}");

    private JsonElement? Of(string name, JsonValueKind kind, string wanted) =>
        Find(name) is not { } member ? null
        : member.ValueKind == kind ? member
        : throw WrongType(name, member, wanted);
}
