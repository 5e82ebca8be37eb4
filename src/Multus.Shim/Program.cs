using Multus.Cni;
using Multus.Cni.FrontEnd;
using Multus.Shim;
using Multus.Wire;

// Executed by the container runtime for every CNI verb of every pod: forwards to the daemon, decides nothing.
if (args.Length > 0)
    return CommandLine.Answer(args);

try
{
    if (CallEnvironment.Command() is not { } command)
        return About.OnNoCommand();
    if (command == CniCommand.Version)
        return About.Versions();
    if (OwnDelegate.IsDone(command))
        return 0;

    var call = OwnNamespace.Guard(
        ShimCall.Read(command, StandardStreams.ReadConfiguration(WireLimits.MaxConfigBytesOf(command)))
    );
    return command == CniCommand.Del ? Delete.Run(call) : Forward.Run(call);
}
catch (CniException refused)
{
    return StandardStreams.Fail(refused.Error, "multus-shim");
}
catch (Exception bug) when (bug is not OutOfMemoryException)
{
    // The runtime shows stdout and nothing else: an error object is the only way in which anybody learns of this.
    return StandardStreams.Fail(
        new CniError(CniErrorCode.Internal, $"multus-shim: {bug.GetType().Name}: {bug.Message}"),
        "multus-shim"
    );
}
