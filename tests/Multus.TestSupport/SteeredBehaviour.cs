using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Multus.TestSupport;

/// <summary>
/// What a <see cref="SteeredPlugin"/> does on a command: steps, carried out in the order in which they were said. When
/// none of them printed or ended the process, the usual answer of the command follows.
/// </summary>
public sealed class SteeredBehaviour
{
    private readonly StringBuilder _script = new();

    /// <summary>The steps as shell text that the plugin's script reads.</summary>
    internal string Script => _script.ToString();

    /// <summary>Waits until the test opens the gate.</summary>
    public SteeredBehaviour WaitsFor(SteeredGate gate) => WaitsForFile(gate.Path);

    /// <summary>Waits until a file is there.</summary>
    public SteeredBehaviour WaitsForFile(string path) => Step($"wait_for {Quote(path)}");

    public SteeredBehaviour Sleeps(TimeSpan time) =>
        Step($"sleep {time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)}");

    /// <summary>
    /// Starts a child in the background, which keeps stdout and stderr open for ten minutes, and goes on; see
    /// <see cref="SteeredCall.ChildPid"/>.
    /// </summary>
    public SteeredBehaviour LeavesChildBehind() => Step("start_child");

    /// <summary>Never ends by itself, and has a child that does not either.</summary>
    public SteeredBehaviour Hangs() => Step("start_child; wait; exit 99");

    /// <summary>Prints the text on stdout; ends with status 0 unless another step says otherwise.</summary>
    public SteeredBehaviour Answers(string stdout) => Step($"say {Quote(stdout)}");

    /// <summary>
    /// Answers ADD with one interface, as asked for, and these addresses (CIDR), in the 1.x layout (0.3 and 0.4:
    /// without <c>version</c> of the addresses).
    /// </summary>
    public SteeredBehaviour AnswersWithAddresses(params IEnumerable<string> cidrs)
    {
        var ips = cidrs.Select(cidr => $$"""{"interface":0,"address":"{{cidr}}"}""");
        return Step($"say_result {Quote($""","ips":[{string.Join(',', ips)}]""")}");
    }

    /// <summary>Prints so many bytes on stdout.</summary>
    public SteeredBehaviour AnswersBytes(long count) =>
        Step(string.Create(CultureInfo.InvariantCulture, $"say_bytes {count}"));

    /// <summary>Prints the text on stderr.</summary>
    public SteeredBehaviour Complains(string stderr) => Step($"printf %s {Quote(stderr)} >&2");

    /// <summary>Prints a CNI error object and ends with status 1.</summary>
    public SteeredBehaviour Fails(uint code, string message, string? details = null)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteNumber("code", code);
            writer.WriteString("msg", message);
            if (details is not null)
                writer.WriteString("details", details);
            writer.WriteEndObject();
        }

        return Answers(Encoding.UTF8.GetString(json.ToArray())).Exits(1);
    }

    /// <summary>Ends with the status; when nothing was printed before, in silence.</summary>
    public SteeredBehaviour Exits(int status) => Step(string.Create(CultureInfo.InvariantCulture, $"exit {status}"));

    /// <summary>Kills itself with a signal, by number: 11 is a segmentation fault.</summary>
    public SteeredBehaviour Crashes(int signal) =>
        Step(string.Create(CultureInfo.InvariantCulture, $"kill -{signal} $$"));

    /// <summary>
    /// Anything else, as POSIX shell; the CNI variables are there, <c>$call/stdin</c> is the recorded stdin, <c>say</c>
    /// answers.
    /// </summary>
    public SteeredBehaviour Does(string shell) => Step(shell);

    private static string Quote(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private SteeredBehaviour Step(string shell)
    {
        _script.Append(shell).Append('\n');
        return this;
    }
}
