using System.Text;
using Multus.Linux.Files;
using Multus.TestSupport;

namespace Multus.Linux.Tests.Files;

public sealed class DurableFileTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PrivateFolder = Private | UnixFileMode.UserExecute;
    private const UnixFileMode OpenToAll = (UnixFileMode)0b110_110_110;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_link_is_renamed_itself_and_not_what_it_leads_to()
    {
        _folder.File("old", "old");
        _folder.File("new", "new");
        DurableFile.CreateLink(_folder["current"], _folder["old"]);
        DurableFile.CreateLink(_folder["next"], _folder["new"]);

        DurableFile.Rename(_folder["next"], _folder["current"]);

        Assert.Equal(_folder["new"], new FileInfo(_folder["current"]).LinkTarget);
        Assert.Equal("old", File.ReadAllText(_folder["old"]));
        Assert.False(Path.Exists(_folder["next"]));
    }

    [Fact]
    public void A_link_to_nothing_is_made_and_renamed_too_and_never_over_what_is_there()
    {
        DurableFile.CreateLink(_folder["next"], "/nowhere");
        DurableFile.Rename(_folder["next"], _folder["current"]);

        Assert.Equal("/nowhere", new FileInfo(_folder["current"]).LinkTarget);
        Assert.Throws<FileException>(() => DurableFile.CreateLink(_folder["current"], "/elsewhere"));
        Assert.Throws<FileException>(() => DurableFile.Rename(_folder["next"], _folder["current"]));
        Assert.Equal("/nowhere", new FileInfo(_folder["current"]).LinkTarget);
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    public void A_file_is_made(string content)
    {
        DurableFile.Replace(_folder["state"], Encoding.UTF8.GetBytes(content), Private);

        Assert.Equal(content, File.ReadAllText(_folder["state"]));
        Assert.Equal(["state"], _folder.Files());
    }

    [Fact]
    public void A_file_is_replaced_whole()
    {
        _folder.File("state", new string('x', 100_000));

        DurableFile.Replace(_folder["state"], "new"u8, Private);

        Assert.Equal("new", File.ReadAllText(_folder["state"]));
        Assert.Equal(["state"], _folder.Files());
    }

    [Theory]
    [InlineData(Private)]
    [InlineData(OpenToAll)]
    public void The_mode_is_the_given_one_whatever_the_umask_and_the_old_file(UnixFileMode mode)
    {
        File.SetUnixFileMode(_folder.File("state", "old"), UnixFileMode.UserRead);

        DurableFile.Replace(_folder["state"], "new"u8, mode);

        Assert.Equal(mode, File.GetUnixFileMode(_folder["state"]));
    }

    [Theory]
    [InlineData('x', 255)]
    [InlineData('ü', 127)]
    public void A_name_as_long_as_the_file_system_allows_is_written(char letter, int length)
    {
        var name = new string(letter, length);

        DurableFile.Replace(_folder[name], "x"u8, Private);

        Assert.Equal([name], _folder.Files());
    }

    [Fact]
    public void Who_has_the_old_file_open_goes_on_reading_the_old_content()
    {
        using var reader = new StreamReader(_folder.File("state", "old"));

        DurableFile.Replace(_folder["state"], "new"u8, Private);

        Assert.Equal("old", reader.ReadToEnd());
    }

    [Fact]
    public async Task Many_writers_of_one_file_leave_one_of_their_contents()
    {
        var contents = Enumerable.Range(0, 8).Select(i => new string((char)('a' + i), 50_000)).ToArray();

        await Task.WhenAll(
            contents.Select(content =>
                Task.Run(() => DurableFile.Replace(_folder["state"], Encoding.UTF8.GetBytes(content), Private))
            )
        );

        Assert.Contains(File.ReadAllText(_folder["state"]), contents);
        Assert.Equal(["state"], _folder.Files());
    }

    [Fact]
    public void A_missing_folder_is_named_with_its_errno()
    {
        var failure = Assert.Throws<FileException>(() =>
            DurableFile.Replace(_folder["nowhere", "state"], "x"u8, Private)
        );

        Assert.Equal(2, failure.Errno);
        Assert.Contains(_folder["nowhere"], failure.Message, StringComparison.Ordinal);
        Assert.Contains("(ENOENT)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void When_the_target_cannot_be_replaced_nothing_temporary_is_left()
    {
        _folder.File("state/inside", "a folder is in the way");

        var failure = Assert.Throws<FileException>(() => DurableFile.Replace(_folder["state"], "x"u8, Private));

        Assert.Equal((_folder["state"], 21), (failure.Path, failure.Errno));
        Assert.Equal(["state/inside"], _folder.Files());
    }

    [RootFact]
    public void A_full_disk_leaves_the_old_content_and_nothing_temporary()
    {
        using var disk = new TinyDisk(_folder.Folder("disk"));
        var path = Path.Combine(disk.Path, "state");
        DurableFile.Replace(path, "old"u8, Private);

        var failure = Assert.Throws<FileException>(() => DurableFile.Replace(path, new byte[1 << 20], Private));

        Assert.Equal(28, failure.Errno);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(disk.Path));
    }

    [Fact]
    public void Deleting_removes_the_file()
    {
        DurableFile.Delete(_folder.File("state", "x"));

        Assert.Empty(_folder.Files());
    }

    [Theory]
    [InlineData("state")]
    [InlineData("nowhere/state")]
    public void Deleting_what_is_missing_is_fine(string name)
    {
        DurableFile.Delete(_folder[name]);

        Assert.Empty(_folder.Files());
    }

    [Fact]
    public void Deleting_what_cannot_be_deleted_is_an_error()
    {
        var failure = Assert.Throws<FileException>(() => DurableFile.Delete(_folder.Folder("folder")));

        Assert.Equal((_folder["folder"], 21), (failure.Path, failure.Errno));
    }

    [Fact]
    public void A_folder_is_made_with_all_above_it_and_its_mode()
    {
        DurableFile.CreateFolder(_folder["a", "b", "c"], PrivateFolder);

        Assert.Equal(PrivateFolder, File.GetUnixFileMode(_folder["a", "b", "c"]));
        Assert.Equal(PrivateFolder, File.GetUnixFileMode(_folder["a", "b"]));
    }

    [Fact]
    public void A_folder_that_is_there_keeps_its_mode()
    {
        File.SetUnixFileMode(_folder.Folder("open"), PrivateFolder | UnixFileMode.OtherRead);

        DurableFile.CreateFolder(_folder["open"], PrivateFolder);

        Assert.Equal(PrivateFolder | UnixFileMode.OtherRead, File.GetUnixFileMode(_folder["open"]));
    }

    [Fact]
    public void A_file_where_the_folder_belongs_is_an_error()
    {
        var failure = Assert.Throws<FileException>(() =>
            DurableFile.CreateFolder(_folder.File("file", ""), PrivateFolder)
        );

        Assert.Equal((_folder["file"], 17), (failure.Path, failure.Errno));
    }

    [Fact]
    public void What_a_killed_writer_left_is_swept_and_nothing_else()
    {
        _folder.File(".state.0123456789abcdef.tmp", "half");
        _folder.File(".net-a.b-eth0.fedcba9876543210.tmp", "half");
        string[] others =
        [
            ".hidden.tmp",
            ".state.0123456789ABCDEF.tmp",
            ".state.0123456789abcde.tmp",
            "state.0123456789abcdef.tmp",
            "state",
        ];
        foreach (var other in others)
            _folder.File(other, "kept");

        Assert.Equal(2, DurableFile.SweepTemps(_folder.Path));
        Assert.Equal(others.Order(StringComparer.Ordinal), _folder.Files());
        Assert.Equal(0, DurableFile.SweepTemps(_folder.Path));
    }

    [Fact]
    public void A_missing_folder_has_nothing_to_sweep() => Assert.Equal(0, DurableFile.SweepTemps(_folder["nowhere"]));

    /// <summary>A file system of 64 KiB in memory, mounted on a folder of the test's.</summary>
    private sealed class TinyDisk : IDisposable
    {
        public TinyDisk(string path)
        {
            Path = path;
            ProcessTool.Run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", path);
        }

        public string Path { get; }

        public void Dispose() => ProcessTool.Run("umount", Path);
    }
}
