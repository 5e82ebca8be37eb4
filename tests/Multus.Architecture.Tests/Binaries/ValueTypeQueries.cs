using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Multus.Architecture.Tests.Binaries;

/// <summary>
/// The calls of <see cref="Enumerable"/> in a compiled assembly whose type arguments hold a value type. Native AOT
/// compiles LINQ's iterators for each such argument and for each pair of them (every iterator can be followed by a
/// Select into any other): a dozen made 2 MB of the daemon. Select and Where of an <see cref="ImmutableArray{T}"/> are
/// calls of the same iterators.
/// </summary>
internal static class ValueTypeQueries
{
    /// <summary>
    /// One line per method and call: "Multus.Core: NetworkPlanner.Order calls Select over ValueTuple`2".
    /// </summary>
    public static IEnumerable<string> In(string assemblyFile)
    {
        using var file = new PEReader(File.OpenRead(assemblyFile));
        var reader = file.GetMetadataReader();
        var assembly = reader.GetString(reader.GetAssemblyDefinition().Name);
        foreach (var handle in reader.MethodDefinitions)
        {
            var method = reader.GetMethodDefinition(handle);
            if (method.RelativeVirtualAddress == 0)
                continue;
            var body = file.GetMethodBody(method.RelativeVirtualAddress).GetILReader();
            foreach (var called in GenericCalls(ref body).Distinct())
            {
                if (QueryOverValueType(reader, called) is { } query)
                    yield return $"{assembly}: {NameOf(reader, method)} calls {query}";
            }
        }
    }

    private static List<MethodSpecificationHandle> GenericCalls(ref BlobReader il)
    {
        var calls = new List<MethodSpecificationHandle>();
        while (il.RemainingBytes > 0)
        {
            var code = Instructions.Read(ref il);
            var token = Instructions.SkipOperand(ref il, code);
            if (
                token is { } called
                && MetadataTokens.EntityHandle(called) is { Kind: HandleKind.MethodSpecification } spec
            )
                calls.Add((MethodSpecificationHandle)spec);
        }

        return calls;
    }

    private static string? QueryOverValueType(MetadataReader reader, MethodSpecificationHandle handle)
    {
        var call = reader.GetMethodSpecification(handle);
        if (call.Method.Kind != HandleKind.MemberReference)
            return null;
        var member = reader.GetMemberReference((MemberReferenceHandle)call.Method);
        if (
            member.Parent.Kind != HandleKind.TypeReference
            || !IsQuery(
                reader.GetString(reader.GetTypeReference((TypeReferenceHandle)member.Parent).Name),
                reader.GetString(member.Name)
            )
        )
        {
            return null;
        }

        var values = call.DecodeSignature(new TypeNames(), null)
            .Where(name => name.StartsWith(TypeNames.ValueMark))
            .ToList();
        return values.Count == 0
            ? null
            : $"{reader.GetString(member.Name)} over {string.Join(" and ", values.Select(name => name[1..]))}";
    }

    // Most of what ImmutableArray has of its own are plain loops; these two hand its array on to Enumerable.
    private static bool IsQuery(string type, string method) =>
        type == nameof(Enumerable)
        || (
            type == nameof(ImmutableArrayExtensions) && method is nameof(Enumerable.Select) or nameof(Enumerable.Where)
        );

    private static string NameOf(MetadataReader reader, MethodDefinition method)
    {
        var type = reader.GetTypeDefinition(method.GetDeclaringType());
        var names = new List<string> { reader.GetString(method.Name), reader.GetString(type.Name) };
        for (var outer = type.GetDeclaringType(); !outer.IsNil; outer = type.GetDeclaringType())
        {
            type = reader.GetTypeDefinition(outer);
            names.Add(reader.GetString(type.Name));
        }

        names.Reverse();
        return string.Join('.', names);
    }

    /// <summary>Reads one IL instruction after the other (ECMA-335, III.1.2).</summary>
    private static class Instructions
    {
        private static readonly ImmutableDictionary<int, OpCode> Known = typeof(OpCodes)
            .GetFields()
            .Select(field => (OpCode)field.GetValue(null)!)
            .ToImmutableDictionary(code => (int)(ushort)code.Value);

        public static OpCode Read(ref BlobReader il)
        {
            int code = il.ReadByte();
            return Known[code == 0xFE ? 0xFE00 | il.ReadByte() : code];
        }

        /// <summary>The token, where the operand is that of a method.</summary>
        public static int? SkipOperand(ref BlobReader il, OpCode code)
        {
            switch (code.OperandType)
            {
                case OperandType.InlineMethod or OperandType.InlineTok:
                    return il.ReadInt32();
                case OperandType.InlineSwitch:
                    var targets = il.ReadInt32();
                    il.Offset += targets * sizeof(int);
                    return null;
                default:
                    il.Offset += code.OperandType switch
                    {
                        OperandType.InlineNone => 0,
                        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                        OperandType.InlineVar => 2,
                        OperandType.InlineI8 or OperandType.InlineR => 8,
                        _ => 4,
                    };
                    return null;
            }
        }
    }

    /// <summary>Names of types; those of value types begin with <see cref="ValueMark"/>.</summary>
    private sealed class TypeNames : ISignatureTypeProvider<string, object?>
    {
        public const char ValueMark = '#';

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) =>
            typeCode is PrimitiveTypeCode.String or PrimitiveTypeCode.Object
                ? typeCode.ToString()
                : $"{ValueMark}{typeCode}";

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
            Marked(rawTypeKind, reader.GetString(reader.GetTypeDefinition(handle).Name));

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) =>
            Marked(rawTypeKind, reader.GetString(reader.GetTypeReference(handle).Name));

        public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) =>
            $"{genericType}<{string.Join(", ", typeArguments.Select(name => name.TrimStart(ValueMark)))}>";

        public string GetTypeFromSpecification(
            MetadataReader reader,
            object? genericContext,
            TypeSpecificationHandle handle,
            byte rawTypeKind
        ) => reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public string GetArrayType(string elementType, ArrayShape shape) => $"{elementType.TrimStart(ValueMark)}[,]";

        public string GetSZArrayType(string elementType) => $"{elementType.TrimStart(ValueMark)}[]";

        public string GetByReferenceType(string elementType) => elementType;

        public string GetPointerType(string elementType) => elementType;

        public string GetPinnedType(string elementType) => elementType;

        public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

        public string GetFunctionPointerType(MethodSignature<string> signature) => "function pointer";

        public string GetGenericMethodParameter(object? genericContext, int index) => $"!!{index}";

        public string GetGenericTypeParameter(object? genericContext, int index) => $"!{index}";

        private static string Marked(byte rawTypeKind, string name) =>
            rawTypeKind == (byte)SignatureTypeKind.ValueType ? ValueMark + name : name;
    }
}
