using System.Buffers;

namespace Multus.ActorKernel;

/// <summary>The place of an actor in the tree, e.g. <c>akka://multus/user/node/sandboxes</c>. Equality leaves the incarnation (<see cref="Uid"/>) out.</summary>
public abstract class ActorPath : IEquatable<ActorPath>, IComparable<ActorPath>
{
    private static readonly SearchValues<char> ElementCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.*$+:@&=,!~';()%");

    private string? _withoutAddress;

    private protected ActorPath(Address address, string name, ActorPath? parent, long uid)
    {
        Address = address;
        Name = name;
        ParentOrNull = parent;
        Uid = uid;
    }

    public Address Address { get; }

    /// <summary>The last element.</summary>
    public string Name { get; }

    /// <summary>Tells one incarnation of a name from the next; 0 when unknown.</summary>
    public long Uid { get; }

    /// <summary>The path one step up; the root is its own parent.</summary>
    public ActorPath Parent => ParentOrNull ?? this;

    public ActorPath Root => ParentOrNull is null ? this : ParentOrNull.Root;

    /// <summary>The names from the root down, the root left out.</summary>
    public IReadOnlyList<string> Elements => ToStringWithoutAddress().Split('/', StringSplitOptions.RemoveEmptyEntries);

    private protected ActorPath? ParentOrNull { get; }

    public static ActorPath operator /(ActorPath path, string name) => new ChildActorPath(path, name, 0);

    public static bool operator ==(ActorPath? left, ActorPath? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(ActorPath? left, ActorPath? right) => !(left == right);

    public static bool operator <(ActorPath left, ActorPath right) => left.CompareTo(right) < 0;

    public static bool operator >(ActorPath left, ActorPath right) => left.CompareTo(right) > 0;

    public static bool operator <=(ActorPath left, ActorPath right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ActorPath left, ActorPath right) => left.CompareTo(right) >= 0;

    /// <summary>Whether the text may be the name of an actor: URI characters only, and no leading <c>$</c>, which belongs to the runtime.</summary>
    public static bool IsValidPathElement(string s)
    {
        if (string.IsNullOrEmpty(s) || s[0] == '$' || s.AsSpan().ContainsAnyExcept(ElementCharacters))
            return false;

        for (var at = s.IndexOf('%'); at >= 0; at = s.IndexOf('%', at + 1))
        {
            if (at + 2 >= s.Length || !char.IsAsciiHexDigit(s[at + 1]) || !char.IsAsciiHexDigit(s[at + 2]))
                return false;
        }

        return true;
    }

    /// <summary>The path within its system: <c>/user/node</c>.</summary>
    public string ToStringWithoutAddress() => _withoutAddress ??= Render();

    public override string ToString() => Address + ToStringWithoutAddress();

    public bool Equals(ActorPath? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Address == other.Address && ToStringWithoutAddress() == other.ToStringWithoutAddress());

    public override bool Equals(object? obj) => Equals(obj as ActorPath);

    public override int GetHashCode() => ToStringWithoutAddress().GetHashCode(StringComparison.Ordinal);

    public int CompareTo(ActorPath? other) => other is null ? 1 : string.CompareOrdinal(ToString(), other.ToString());

    private protected abstract string Render();
}

/// <summary>The top of a tree.</summary>
public sealed class RootActorPath(Address address, string name = "/") : ActorPath(address, name, parent: null, uid: 0)
{
    private protected override string Render() => Name;
}

/// <summary>A path below another.</summary>
public sealed class ChildActorPath(ActorPath parent, string name, long uid) : ActorPath(parent.Address, name, parent, uid)
{
    private protected override string Render() => ParentOrNull is RootActorPath root
        ? (root.Name == "/" ? "/" + Name : root.Name + "/" + Name)
        : Parent.ToStringWithoutAddress() + "/" + Name;
}
