namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>The DaemonSet of thin mode. What both have in common is in <see cref="ManifestTests"/>.</summary>
public sealed class ThinManifestTests
{
    [Fact]
    public void It_takes_the_place_of_the_thick_one_so_that_no_node_has_both()
    {
        var thick = DeployedFiles.Single("DaemonSet");

        Assert.All(
            (string[])["name", "namespace"],
            key => Assert.Equal(thick.Map("metadata").Text(key), DeployedFiles.ThinDaemonSet.Map("metadata").Text(key))
        );
        Assert.All(
            (string[])["serviceAccountName", "priorityClassName", "hostNetwork"],
            key => Assert.Equal(DeployedFiles.PodSpec.Text(key), DeployedFiles.ThinPodSpec.Text(key))
        );
    }

    [Fact]
    public void It_starts_a_program_of_the_image_which_is_that_of_the_thick_one()
    {
        Assert.Equal(DeployedFiles.Daemon.Text("image"), DeployedFiles.ThinInstaller.Text("image"));
        Assert.True(ImageFile.HasProgram(DeployedFiles.ThinInstaller.Texts("command").First()));
    }

    [Fact]
    public void Every_path_that_it_writes_to_is_mounted_at_the_nodes_own_path()
    {
        var volumes = DeployedFiles.ThinPodSpec.Maps("volumes").ToDictionary(volume => volume.Text("name"));
        var mounts = DeployedFiles.ThinInstaller.Maps("volumeMounts").ToList();

        Assert.All(
            mounts,
            mount => Assert.Equal(volumes[mount.Text("name")].Map("hostPath").Text("path"), mount.Text("mountPath"))
        );
        Assert.All(
            DeployedFiles.ThinInstaller.Texts("args").Select(argument => argument.Split('=')[1] + "/"),
            path =>
                Assert.Contains(
                    mounts,
                    mount => path.StartsWith(mount.Text("mountPath") + "/", StringComparison.Ordinal)
                )
        );
    }
}
