namespace Multus.Engine.Explain;

/// <summary>Whether there is room for records: without, nothing is attached, and nothing can be noted.</summary>
public static class NodeRoom
{
    private const long Least = 16 << 10; // bytes: a record has some kilobytes

    /// <param name="cniDir">Where records are, or will be.</param>
    public static IEnumerable<Finding> Check(string cniDir)
    {
        var folder = cniDir;
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } above)
            folder = above;
        if (new DriveInfo(folder).AvailableFreeSpace < Least)
        {
            yield return new Finding(
                Cause.DiskFull,
                $"The disk of {cniDir} is full: nothing can be put on record, so nothing is attached.",
                $"Make room on the file system of {folder}."
            );
        }
    }
}
