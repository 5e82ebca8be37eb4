using System.Text;
using Multus.Host.Logging;

namespace Multus.Host.Tests.Logging;

public sealed class LastWordsTests
{
    [Fact]
    public void They_are_said_line_by_line_under_the_daemon_s_name()
    {
        using var stderr = new StringWriter();

        LastWords.Say(stderr, ["one", "two"]);

        Assert.Equal("multus-daemon: one\nmultus-daemon: two\n", stderr.ToString());
    }

    [Fact]
    public void A_stderr_that_nobody_reads_does_not_hold_them_up()
    {
        using var read = new ManualResetEventSlim();
        using var stderr = new Writer(read.Wait);

        LastWords.Say(stderr, ["nobody reads this"]);

        Assert.False(read.IsSet);
        read.Set();
        stderr.Written.Wait();
    }

    [Fact]
    public void A_stderr_on_a_full_disk_ends_nothing()
    {
        using var stderr = new Writer(() => throw new IOException("No space left on device"));

        LastWords.Say(stderr, ["this has no place"]);

        Assert.True(stderr.Written.IsSet);
    }

    private sealed class Writer(Action write) : TextWriter
    {
        public ManualResetEventSlim Written { get; } = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(string? value)
        {
            try
            {
                write();
            }
            finally
            {
                Written.Set();
            }
        }

        protected override void Dispose(bool disposing)
        {
            Written.Dispose();
            base.Dispose(disposing);
        }
    }
}
