using System.Collections.Immutable;
using System.CommandLine;
using Multus.Ctl.Nodes;
using Multus.Ctl.Output;
using Multus.Engine.State;

namespace Multus.Ctl.Pending;

/// <summary><c>multusctl pending</c>: the DELs that are stored, and those that were given up.</summary>
internal static class PendingCommand
{
    private const string All = "all";

    public static Command Create(Session session) =>
        new("pending", "The DELs that are stored on this node, and those that were given up")
        {
            List(session),
            Change(
                session,
                "retry",
                "Has DELs that were given up tried again",
                files => files.Retry,
                "is stored again; the daemon tries it"
            ),
            Change(
                session,
                "drop",
                "Forgets DELs that were given up, and what is on record of their sandboxes",
                files => files.Drop,
                "is forgotten"
            ),
        };

    private static ExampledCommand List(Session session)
    {
        var command = new ExampledCommand(
            "list",
            "Lists them, with what may have stayed behind",
            ("multusctl pending list", "those that wait, and those that were given up")
        );
        session.Answers(
            command,
            (line, _) =>
                Task.FromResult<Answer>(
                    Guarded(
                        FilesOf(session, line),
                        files =>
                        {
                            var all = files.List().ToImmutableArray();
                            return new PendingListAnswer(all)
                            {
                                ExitCode = all.Any(delete => delete.IsGivenUp) ? ExitCode.Trouble : ExitCode.Success,
                            };
                        }
                    )
                )
        );
        return command;
    }

    private static ExampledCommand Change(
        Session session,
        string verb,
        string description,
        Func<StoredDeleteFiles, Func<string, StoredDeleteChange>> change,
        string done
    )
    {
        var names = new Argument<string[]>("NAME")
        {
            Description = "As pending list has them, or all for those that were given up",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new ExampledCommand(
            verb,
            description,
            ($"multusctl pending {verb} all", "all that were given up"),
            ($"multusctl pending {verb} 0123456789abcdef.eth0.json", "one of them")
        )
        {
            names,
        };
        session.Answers(
            command,
            (line, _) =>
                Task.FromResult<Answer>(
                    Guarded(
                        FilesOf(session, line),
                        files => AnswerOf(files, line.GetRequiredValue(names), change(files), done)
                    )
                )
        );
        return command;
    }

    private static PendingChangeAnswer AnswerOf(
        StoredDeleteFiles files,
        string[] names,
        Func<string, StoredDeleteChange> change,
        string done
    )
    {
        var outcomes = ImmutableArray.CreateBuilder<PendingOutcome>();
        foreach (var name in names.Contains(All) ? [.. files.GivenUp()] : names)
        {
            outcomes.Add(
                change(name) switch
                {
                    StoredDeleteChange.Done { RecordStays: { } reason } => new(
                        name,
                        true,
                        $"{done}; the record of its sandbox stays: {reason}"
                    ),
                    StoredDeleteChange.Done => new(name, true, done),
                    StoredDeleteChange.Waits => new(
                        name,
                        false,
                        "has not been given up: the daemon repeats it by itself"
                    ),
                    _ => new(name, false, $"there is none of that name in {files.Folder}; see multusctl pending list"),
                }
            );
        }

        return new PendingChangeAnswer(outcomes.ToImmutable())
        {
            ExitCode = outcomes.All(outcome => outcome.IsDone) ? ExitCode.Success : ExitCode.NoAnswer,
        };
    }

    private static StoredDeleteFiles FilesOf(Session session, ParseResult line) =>
        new(NodeConfiguration.Of(session, line).Settings.CniDir);

    private static T Guarded<T>(StoredDeleteFiles files, Func<StoredDeleteFiles, T> ask)
    {
        try
        {
            return ask(files);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CtlException($"the stored DELs in {files.Folder} cannot be worked on: {e.Message}", e);
        }
    }
}
