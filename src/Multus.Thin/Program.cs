using Multus.Cni;
using Multus.Cni.FrontEnd;
using Multus.Thin;
using Multus.Thin.Calls;
using Multus.Wire;

// Executed by the container runtime for every CNI verb of every pod: does by itself what the daemon does elsewhere.
if (args.Length > 0 || CommandLine.IsUpstreamsInstaller)
    return await CommandLine.RunAsync(args);

try
{
    if (CallEnvironment.Command() is not { } command)
        return About.OnNoCommand();
    if (command == CniCommand.Version)
        return About.Versions();
    if (OwnDelegate.IsDone(command))
        return 0;

    var stdin = StandardStreams.ReadConfiguration(WireLimits.MaxConfigBytesOf(command));
    return await ThinCall.RunAsync(RuntimeCall.Read(command, stdin));
}
catch (CniException refused)
{
    return StandardStreams.Fail(refused.Error, CommandLine.Name);
}
catch (Exception bug) when (bug is not OutOfMemoryException)
{
    // The runtime shows stdout and nothing else: an error object is the only way in which anybody learns of this.
    return StandardStreams.Fail(
        new CniError(CniErrorCode.Internal, $"{CommandLine.Name}: {bug.GetType().Name}: {bug.Message}"),
        CommandLine.Name
    );
}
