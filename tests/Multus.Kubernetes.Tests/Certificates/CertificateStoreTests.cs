using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Certificates;
using Multus.TestSupport;

namespace Multus.Kubernetes.Tests.Certificates;

public sealed class CertificateStoreTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Start);

    private string Folder => _folder["certs"];

    private string Link => Path.Combine(Folder, "multus-client-current.pem");

    private string Updated => Path.Combine(Folder, "multus-client-updated.pem");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_files_have_the_names_modes_and_order_that_upstreams_have()
    {
        var store = Started();

        Save(store);

        var file = Path.Combine(Folder, "multus-client-2026-03-01-12-00-00.pem");
        Assert.Equal(["multus-client-2026-03-01-12-00-00.pem", "multus-client-current.pem"], Names());
        Assert.Equal(file, new FileInfo(Link).LinkTarget);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(Convert.ToInt32("755", 8), (int)File.GetUnixFileMode(Folder));
        var labels = File.ReadLines(file).Where(line => line.StartsWith("-----BEGIN", StringComparison.Ordinal));
        Assert.Equal(["-----BEGIN CERTIFICATE-----", "-----BEGIN EC PRIVATE KEY-----"], labels);
    }

    [Fact]
    public void The_pair_before_the_current_one_stays_and_older_ones_go()
    {
        var store = Started();
        for (var i = 0; i < 4; i++)
        {
            Save(store);
            _time.Advance(TimeSpan.FromMinutes(8));
        }

        Assert.Equal(
            [
                "multus-client-2026-03-01-12-16-00.pem",
                "multus-client-2026-03-01-12-24-00.pem",
                "multus-client-current.pem",
            ],
            Names()
        );
    }

    public static TheoryData<int, bool> Kills()
    {
        var kills = new TheoryData<int, bool>();
        for (var survives = 0; survives <= ChangesOfASave; survives++)
        {
            kills.Add(survives, false);
            kills.Add(survives, true);
        }

        return kills;
    }

    private const int ChangesOfASave = 5; // write, delete, link, rename, sweep: the test below holds it to that

    [Theory]
    [MemberData(nameof(Kills))]
    public void A_store_whose_writer_was_killed_at_any_change_is_whole_for_readers_and_repaired_by_the_next_start(
        int survives,
        bool leavesHalf
    )
    {
        var store = Started();
        for (var i = 0; i < 2; i++)
        {
            Save(store);
            _time.Advance(TimeSpan.FromMinutes(8));
        }

        var before = File.ReadAllText(Link);
        var killed = new KilledFiles(survives, leavesHalf);
        var death = Record.Exception(() => Save(new CertificateStore(Folder, killed, _time)));
        Assert.Equal(survives < ChangesOfASave, death is KilledException);

        // A reader never sees anything but the old pair or the new one.
        var read = CertificatePair.Parse(File.ReadAllText(Link));
        Assert.Equal(survives < 4, read.Pem == before);

        var next = Started();
        var found = next.Find().Pair!;
        Assert.Equal(survives >= 1, found.Pem != before); // what was written is not lost, and not asked for again
        Assert.False(Path.Exists(Updated));
        Assert.DoesNotContain(Names(), name => name.EndsWith(".tmp", StringComparison.Ordinal));
        Assert.Equal(3, Names().Count);

        _time.Advance(TimeSpan.FromMinutes(1));
        Save(next);
        Assert.NotEqual(found.Pem, next.Find().Pair!.Pem);
        Assert.Equal(3, Names().Count);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public void The_same_of_the_very_first_certificate(int survives, bool isThere)
    {
        Started();

        Record.Exception(() => Save(new CertificateStore(Folder, new KilledFiles(survives, leavesHalf: true), _time)));

        Assert.Equal(isThere, Started().Find().Pair is not null);
        Assert.False(Path.Exists(Updated));
    }

    [Fact]
    public void A_recovery_that_is_killed_at_any_change_is_done_by_the_next_one()
    {
        for (var survives = 0; ; survives++)
        {
            foreach (var file in Directory.Exists(Folder) ? Directory.GetFiles(Folder) : [])
                File.Delete(file);
            Save(Started());
            _time.Advance(TimeSpan.FromMinutes(1));
            Record.Exception(() => Save(new CertificateStore(Folder, new KilledFiles(1, leavesHalf: false), _time)));
            var killed = new KilledFiles(survives, leavesHalf: false);

            var death = Record.Exception(() => new CertificateStore(Folder, killed, _time).Recover(IsGood));

            var next = Started();
            Assert.Equal(Path.Combine(Folder, Names()[1]), new FileInfo(Link).LinkTarget);
            Assert.NotNull(next.Find().Pair);
            if (death is null)
            {
                Assert.Equal(3, survives); // delete, link, rename
                return;
            }
        }
    }

    [Fact]
    public void What_a_crash_of_the_machine_has_emptied_is_swept_and_the_pair_before_it_used()
    {
        var store = Started();
        Save(store);
        var before = File.ReadAllText(Link);
        _time.Advance(TimeSpan.FromMinutes(1));
        Save(store);
        File.WriteAllText(new FileInfo(Link).LinkTarget!, "");

        var found = Started().Find();

        Assert.Equal(before, found.Pair?.Pem);
        Assert.Equal(2, Names().Count);
    }

    [Fact]
    public void A_link_that_leads_nowhere_is_no_pair_and_is_replaced()
    {
        var store = Started();
        File.CreateSymbolicLink(Link, Path.Combine(Folder, "multus-client-2020-01-01-00-00-00.pem"));
        File.CreateSymbolicLink(Updated, "/nowhere");

        var next = Started();
        var (pair, trouble) = next.Find();
        Save(next);

        Assert.Null(pair);
        Assert.Contains("does not exist", trouble, StringComparison.Ordinal);
        Assert.NotNull(store.Find().Pair);
    }

    [Theory]
    [InlineData("multus-client-current.pem")]
    [InlineData("multus-client-updated.pem")]
    public void A_file_where_a_link_has_to_be_ends_the_start_and_is_left_alone(string name)
    {
        Started();
        File.WriteAllText(Path.Combine(Folder, name), "mine");

        var e = Assert.Throws<ApiConfigurationException>(() => Started());

        Assert.Contains(Path.Combine(Folder, name), e.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(Folder, name)));
    }

    [Fact]
    public void Halves_that_do_not_belong_together_are_refused_before_anything_is_written()
    {
        var store = Started();
        var one = TestCertificates.Issue(Start, Start.AddMinutes(10));
        var two = TestCertificates.Issue(Start, Start.AddMinutes(10));

        Assert.Throws<CryptographicException>(() => store.Save(one.Certificate, two.Key));

        Assert.Empty(Names());
    }

    [Fact]
    public void Files_of_others_in_the_folder_stay()
    {
        var store = Started();
        var other = _folder.File("certs/multus-client-notes.pem", "mine");
        for (var i = 0; i < 3; i++)
        {
            Save(store);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Started();

        Assert.True(File.Exists(other));
    }

    private bool IsGood(CertificatePair pair) =>
        pair.ProblemFor(TestCertificates.Settings(Folder), _time.GetUtcNow()) is null;

    private CertificateStore Started()
    {
        var store = new CertificateStore(Folder, new CertificateFiles(), _time);
        store.Recover(IsGood);
        return store;
    }

    private void Save(CertificateStore store)
    {
        var now = _time.GetUtcNow();
        var (certificate, key) = TestCertificates.Issue(now, now.AddMinutes(10));
        store.Save(certificate, key);
    }

    private List<string> Names() =>
        [.. Directory.EnumerateFileSystemEntries(Folder).Select(path => Path.GetFileName(path)!).Order()];
}
