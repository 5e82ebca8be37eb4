using System.Reflection;
using System.Text.RegularExpressions;

namespace Multus.Architecture.Tests.Protocols;

/// <summary>A file <c>XProtocol.cs</c>: what others may send to an actor, and every answer they can get.</summary>
internal static partial class ProtocolFile
{
    public static IReadOnlyList<string> All(string projectFolder) =>
        [
            .. Repository
                .CSharpFiles(projectFolder)
                .Where(path => path.EndsWith("Protocol.cs", StringComparison.Ordinal)),
        ];

    /// <summary>The types that the file declares at its top level, found in <paramref name="assembly"/>.</summary>
    public static IReadOnlyList<Type> TypesIn(string path, Assembly assembly)
    {
        var text = File.ReadAllText(path);
        var ns = Namespace().Match(text).Groups["name"].Value;
        return [.. TopLevelType().Matches(text).Select(match => Find(assembly, ns, match))];
    }

    private static Type Find(Assembly assembly, string ns, Match declaration)
    {
        var name = declaration.Groups["name"].Value;
        return assembly
                .GetTypes()
                .FirstOrDefault(type =>
                    type.Namespace == ns && type.DeclaringType is null && type.Name.Split('`')[0] == name
                )
            ?? throw new InvalidOperationException(
                $"{ns}.{name} stands in the sources but not in {assembly.Location}; build it again"
            );
    }

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+)\s*;", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(
        @"^(?:(?:public|internal|static|sealed|abstract|partial|readonly)\s+)*(?:record\s+struct|record\s+class|record|class|interface|struct|enum)\s+(?<name>\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex TopLevelType();
}
