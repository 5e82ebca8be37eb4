using Multus.Linux.Files;
using Multus.TestSupport;

namespace Multus.Linux.Tests.Files;

public sealed class FolderChangesTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void What_was_changed_before_the_question_is_in_the_answer()
    {
        var folder = _temp.Folder("watched");
        File.WriteAllText(Path.Combine(folder, "old"), "1");
        using var changes = FolderChanges.Watch(folder);

        for (var i = 0; i < 100; i++)
        {
            File.WriteAllText(Path.Combine(folder, $"new{i}"), "1");
            Assert.Equal([$"new{i}"], Take(changes));
            File.AppendAllText(Path.Combine(folder, "old"), "2");
            Assert.Equal(["old"], Take(changes));
            File.Move(Path.Combine(folder, $"new{i}"), Path.Combine(folder, "old"), overwrite: true);
            Assert.Equal([$"new{i}", "old"], Take(changes));
        }

        Assert.Empty(Take(changes));
    }

    [Fact]
    public void A_folder_that_is_not_where_it_was_is_said()
    {
        var folder = _temp.Folder("watched");
        using var moved = FolderChanges.Watch(folder);
        Directory.Move(folder, _temp["elsewhere"]);
        using var removed = FolderChanges.Watch(_temp["elsewhere"]);
        Directory.Delete(_temp["elsewhere"]);

        Assert.False(moved.TryTake(new HashSet<string>()));
        Assert.False(removed.TryTake(new HashSet<string>()));
    }

    [Fact]
    public void What_is_no_folder_cannot_be_watched()
    {
        File.WriteAllText(_temp["file"], "");

        Assert.Throws<FileException>(() => FolderChanges.Watch(_temp["file"]));
        Assert.Contains(
            _temp["missing"],
            Assert.Throws<FileException>(() => FolderChanges.Watch(_temp["missing"])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_file_system_whose_changes_come_from_the_kernel_itself_tells_nothing() =>
        Assert.False(FolderChanges.AreTold("/proc"));

    private static SortedSet<string> Take(FolderChanges changes)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        Assert.True(changes.TryTake(names));
        return names;
    }
}
