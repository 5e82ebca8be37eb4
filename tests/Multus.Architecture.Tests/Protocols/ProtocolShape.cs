using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multus.Architecture.Tests.Protocols;

/// <summary>
/// The kinds of type a protocol may consist of: a static class, an interface, a sealed record, or an abstract record
/// with private constructors only, so that a switch over a reply can be complete.
/// </summary>
internal static class ProtocolShape
{
    private const BindingFlags AnyInstance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>The type itself and all types nested in it, but not what the compiler made.</summary>
    public static IEnumerable<Type> WithNested(Type type) =>
        type.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic)
            .Where(nested => !nested.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
            .SelectMany(WithNested)
            .Prepend(type);

    /// <summary>Null when the type has one of the allowed shapes, else what is wrong with it.</summary>
    public static string? Objection(Type type)
    {
        if (type.IsInterface || IsStaticClass(type))
            return null;
        if (!IsRecord(type))
            return $"{type.FullName} is neither a static class, nor an interface, nor a record";
        if (type.IsSealed)
            return null;
        if (!type.IsAbstract)
            return $"{type.FullName} is a record that is neither sealed nor abstract";

        return OpenConstructors(type).Any()
            ? $"{type.FullName} is an abstract record that others can derive from; give it a private constructor"
            : null;
    }

    private static bool IsStaticClass(Type type) => type is { IsClass: true, IsAbstract: true, IsSealed: true };

    private static bool IsRecord(Type type) => type.IsClass && type.GetMethod("<Clone>$", AnyInstance) is not null;

    // The copy constructor is the compiler's and protected in every abstract record; it needs an instance, so it opens
    // nothing.
    private static IEnumerable<ConstructorInfo> OpenConstructors(Type type) =>
        type.GetConstructors(AnyInstance).Where(constructor => !constructor.IsPrivate && !IsCopy(constructor, type));

    private static bool IsCopy(ConstructorInfo constructor, Type type) =>
        constructor.GetParameters() is [var only] && only.ParameterType == type;
}
