using Microsoft.Extensions.Logging;

namespace Multus.Kubernetes.Folder;

/// <summary>Event ids 4000 to 4019.</summary>
internal static partial class FolderLog
{
    [LoggerMessage(
        4000,
        LogLevel.Information,
        "Manifests are read from {Folder}: {Pods} pods, {Networks} networks in {Files} files"
    )]
    public static partial void FolderRead(ILogger log, string folder, int pods, int networks, int files);

    [LoggerMessage(
        4001,
        LogLevel.Warning,
        "Manifest folder {Folder} does not exist: the cluster is empty until it appears"
    )]
    public static partial void FolderMissing(ILogger log, string folder);

    [LoggerMessage(
        4002,
        LogLevel.Error,
        "Manifest folder {Folder} cannot be read, what was known stays in force: {Reason}"
    )]
    public static partial void FolderUnreadable(ILogger log, string folder, string reason);

    [LoggerMessage(
        4003,
        LogLevel.Error,
        "Manifest {File}, line {Line}, cannot be used: {Reason}; a pod that may be in it, or may ask for it, is "
            + "refused until it is mended"
    )]
    public static partial void FileRejected(ILogger log, string file, long line, string reason);

    [LoggerMessage(
        4004,
        LogLevel.Information,
        "Manifest {File}, line {Line}: {Kind} is skipped, only Pod (v1) and NetworkAttachmentDefinition "
            + "(k8s.cni.cncf.io/v1) are used"
    )]
    public static partial void KindSkipped(ILogger log, string file, long line, string kind);

    [LoggerMessage(
        4005,
        LogLevel.Warning,
        "Manifest {File}, line {Line}: {Kind} is skipped, pod templates are not expanded; write the pods themselves"
    )]
    public static partial void TemplateSkipped(ILogger log, string file, long line, string kind);

    [LoggerMessage(
        4006,
        LogLevel.Warning,
        "Manifest {File}, line {Line}: {Kind} {Object} is already in {Winner}, which counts"
    )]
    public static partial void ObjectTwice(
        ILogger log,
        string file,
        long line,
        string kind,
        string @object,
        string winner
    );

    [LoggerMessage(4007, LogLevel.Information, "Manifests changed: {Changes} objects are new, different or gone")]
    public static partial void FolderChanged(ILogger log, int changes);

    [LoggerMessage(
        4008,
        LogLevel.Warning,
        "Manifest folder {Folder} cannot be watched, it is read every {Interval} instead: {Reason}"
    )]
    public static partial void WatchFailed(ILogger log, string folder, TimeSpan interval, string reason);

    [LoggerMessage(4010, LogLevel.Information, "Manifest {File} is whole again")]
    public static partial void FileMended(ILogger log, string file);

    [LoggerMessage(4011, LogLevel.Error, "Manifest {File}, line {Line}, is refused: {Reason}")]
    public static partial void ObjectRefused(ILogger log, string file, long line, string reason);

    [LoggerMessage(
        4012,
        LogLevel.Warning,
        "What changes in manifest folder {Folder} is not told, all of it is looked at for every ADD: {Reason}"
    )]
    public static partial void ReadWholly(ILogger log, string folder, string reason);

    [LoggerMessage(4009, LogLevel.Warning, "Left-over {File} cannot be removed from the status folder: {Reason}")]
    public static partial void SweepFailed(ILogger log, string file, string reason);
}
