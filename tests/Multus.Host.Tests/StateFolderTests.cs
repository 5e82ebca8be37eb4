using Microsoft.Extensions.Logging.Abstractions;
using Multus.TestSupport;

namespace Multus.Host.Tests;

public class StateFolderTests
{
    private const UnixFileMode OwnersFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public void A_folder_that_is_open_to_others_is_closed_with_all_that_is_in_it()
    {
        using var temp = new TempFolder();
        ProcessTool.Run(
            "sh",
            "-c",
            $"umask 000; mkdir -p {temp["cni"]}/results {temp["cni"]}/pending; touch {temp["cni"]}/c1 {temp["cni"]}/results/n-c1-eth0"
        );

        StateFolder.Close(temp["cni"], NullLogger.Instance);

        Assert.All(
            [temp["cni"], temp["cni/results"], temp["cni/pending"]],
            folder => Assert.Equal(OwnersFolder, File.GetUnixFileMode(folder))
        );
        Assert.All(
            [temp["cni/c1"], temp["cni/results/n-c1-eth0"]],
            file => Assert.Equal(OwnersFile, File.GetUnixFileMode(file))
        );
    }

    [Fact]
    public void A_folder_that_is_missing_is_made_for_its_owner_only()
    {
        using var temp = new TempFolder();

        StateFolder.Close(temp["a/cni"], NullLogger.Instance);

        Assert.Equal(OwnersFolder, File.GetUnixFileMode(temp["a/cni"]));
        Assert.Equal(OwnersFolder, File.GetUnixFileMode(temp["a"]));
    }

    [Fact]
    public void What_a_link_in_it_leads_to_stays_as_it_is()
    {
        using var temp = new TempFolder();
        ProcessTool.Run(
            "sh",
            "-c",
            $"umask 000; mkdir {temp["cni"]}; touch {temp["other"]}; ln -s {temp["other"]} {temp["cni"]}/c1"
        );
        var before = File.GetUnixFileMode(temp["other"]);

        StateFolder.Close(temp["cni"], NullLogger.Instance);

        Assert.Equal(before, File.GetUnixFileMode(temp["other"]));
    }
}
