using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Multus.Ctl.Bundles;
using Multus.Ctl.Output;
using Spectre.Console;

namespace Multus.Ctl.Commands;

/// <summary><c>multusctl support-bundle</c>: one file with everything that an issue needs.</summary>
internal static class SupportBundleCommand
{
    public static Command Create(Session session)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "The archive that is made, .tar.gz; without it, one that is named after node and time",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new ExampledCommand(
            "support-bundle",
            "Gathers configuration, state, history, figures and logs of the node in one archive, without secrets",
            ("multusctl support-bundle", "an archive in this folder"),
            ("multusctl support-bundle /tmp/node.tar.gz", "an archive of that name")
        )
        {
            file,
        };
        session.Answers(
            command,
            async (line, cancel) =>
            {
                var path = line.GetValue(file) ?? UsualName();
                var bundle = new SupportBundle(
                    session.Configuration(line),
                    session.ConfigurationFile(line),
                    TimeProvider.System
                );
                return new Made(Path.GetFullPath(path), await WriteAsync(bundle, path, cancel));
            }
        );
        return command;
    }

    private static async Task<IReadOnlyList<string>> WriteAsync(
        SupportBundle bundle,
        string path,
        CancellationToken cancel
    )
    {
        var isMade = false;
        try
        {
            await using var output = new FileStream(
                path,
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                }
            );
            isMade = true;
            return await bundle.WriteAsync(output, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (isMade)
                File.Delete(path); // half of an archive is none
            throw new CtlException($"{path} could not be made: {e.Message} Name another file.", e);
        }
    }

    private static string UsualName() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"multus-{Environment.MachineName}-{TimeProvider.System.GetUtcNow():yyyyMMdd-HHmmss}.tar.gz"
        );

    private sealed record Made(string Path, IReadOnlyList<string> Entries) : Answer
    {
        public override void Render(IAnsiConsole console)
        {
            foreach (var entry in Entries)
                console.WriteLine(Words.Clean(entry));
            console.WriteLine($"{Path}: {Entries.Count} files. Read them before you send them to anybody.");
        }

        public override void WriteJson(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteString("file", Path);
            json.WriteStartArray("entries");
            foreach (var entry in Entries)
                json.WriteStringValue(entry);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }
}
