using Multus.Cni;
using Multus.Core.Generation;
using Multus.Core.Networks;
using Multus.Engine.Attach;
using Multus.Linux.Files;

namespace Multus.Engine.Installation;

/// <summary>
/// Which file is the cluster network's, and what the runtime's configuration says because of it. A choice is made when
/// the folder has been as it is for a while, and again whenever it changes.
/// </summary>
internal sealed class NetworkInUse(
    RuntimeConfigSettings settings,
    IRuntimeConfigPorts ports,
    TimeProvider time,
    ILogger log
)
{
    /// <summary>How long a network that was not able to serve is left alone before it is asked again.</summary>
    private static readonly TimeSpan StatusPause = TimeSpan.FromSeconds(2);

    /// <summary>After so long the runtime may be another: it is asked again what it speaks.</summary>
    internal static readonly TimeSpan ChoiceLasts = TimeSpan.FromMinutes(5);

    private ClusterNetworkFile? _current;
    private ReadOnlyMemory<byte>? _content;
    private Question? _question;
    private string _stamp = "";
    private string _trouble = "";
    private string _passedOver = "";
    private long _changedAt = time.GetTimestamp();
    private long _chosenAt;
    private long? _missingSince;
    private bool _isSettled;
    private bool _hasLooked;

    /// <summary>Of the file in use; empty before the first choice.</summary>
    public string Path { get; private set; } = "";

    /// <summary>How often another file took its place.</summary>
    public long Changes { get; private set; }

    /// <summary>Never waits for a plugin or the runtime: an answer counts when it is there.</summary>
    /// <returns>What the runtime's configuration has to say, the last good when it cannot be told anew, null when it
    /// never could; and what is in the way, or empty.</returns>
    /// <exception cref="IOException">A folder or a file cannot be read.</exception>
    public async Task<(ReadOnlyMemory<byte>? Content, string Trouble)> LookAsync(CancellationToken cancel)
    {
        if (!_hasLooked)
            Adopt();
        var stamp = FolderStamp.Of(settings);
        if (stamp != _stamp)
        {
            (_stamp, _changedAt, _isSettled) = (stamp, time.GetTimestamp(), false);
            _question = null;
        }

        if (_isSettled && settings.Template is not null && time.GetElapsedTime(_chosenAt) >= ChoiceLasts)
            (_isSettled, _question) = (false, null);
        if (!_isSettled && time.GetElapsedTime(_changedAt) >= settings.Settle)
        {
            (_trouble, _isSettled) = settings.Template is { } template
                ? await ChooseAsync(template, cancel).ConfigureAwait(false)
                : ReadFixed();
            _chosenAt = time.GetTimestamp();
        }

        return (_content, _trouble);
    }

    // What an earlier daemon has made is the last good configuration, and its choice the one in use: a restart must not
    // lead to another network because the agent of this one is just writing its file.
    private void Adopt()
    {
        _hasLooked = true;
        if (settings.Template is null || GeneratedFile.Read(settings) is not { } generated)
            return;
        (_content, Path) = (generated.Content, generated.ClusterNetwork);
    }

    private (string Trouble, bool IsSettled) ReadFixed()
    {
        var content = settings.FixedContent ?? RegularFile.Read(settings.FixedFile);
        if (RuntimeConfigCheck.Problem(content) is { } problem)
            return ($"{settings.FixedFile} cannot be the runtime's configuration: {problem}", true);
        _content = content;
        return ("", true);
    }

    private async Task<(string Trouble, bool IsSettled)> ChooseAsync(
        RuntimeConfigTemplate template,
        CancellationToken cancel
    )
    {
        var passedOver = new List<string>();
        var chosen = ClusterNetworkFile.First(
            FolderStamp.Candidates(settings).Select(ConfigurationReader.ReadFile),
            passedOver
        );
        SayPassedOver(passedOver);
        if (chosen is null)
            return (NothingUsable(passedOver), true);
        if (Objection(chosen, passedOver) is { } objection)
            return objection;
        if (template.OverridesName && chosen.Network.Name.Length == 0)
            return ($"{chosen.Path} has no name, which overrideNetworkName needs", true);
        if (settings.ForceVersion && template.Version.Length > 0)
            chosen = Force(chosen, template.Version);
        if (await AnswerAsync(chosen, cancel).ConfigureAwait(false) is not { } answer)
            return (IsAnother(chosen) ? $"{chosen.Path} is asked whether it is able to serve" : "", false);
        if (answer.Refusal is { } why)
            return (why, false);

        Take(chosen, template.Write(chosen, answer.Version));
        return ("", true);
    }

    private void Take(ClusterNetworkFile chosen, byte[] content)
    {
        if (Path.Length > 0 && Path != chosen.Path)
            Changes++;
        (_missingSince, _content, _current, Path) = (null, content, chosen, chosen.Path);
    }

    // An agent that restarts may break or remove its file for a moment: what comes after it in the order of names is
    // not meant.
    private (string Trouble, bool IsSettled)? Objection(ClusterNetworkFile chosen, List<string> passedOver)
    {
        if (Path.Length == 0 || string.CompareOrdinal(chosen.Path, Path) <= 0)
            return null;
        if (passedOver.Find(line => line.StartsWith($"{Path} ", StringComparison.Ordinal)) is { } broken)
            return (
                $"{broken}; the runtime's configuration stays as it is, and {chosen.Path} is not taken for it",
                true
            );

        _missingSince ??= time.GetTimestamp();
        return time.GetElapsedTime(_missingSince.Value) >= settings.MissingPatience
            ? null
            : (
                $"{Path} is gone; if it is still missing in {settings.MissingPatience.TotalSeconds:0} s, "
                    + $"{chosen.Path} takes its place",
                false
            );
    }

    private bool IsAnother(ClusterNetworkFile chosen) =>
        _current is not { } current
        || current.Path != chosen.Path
        || !current.Network.Bytes.Span.SequenceEqual(chosen.Network.Bytes.Span);

    // Null: it is not there yet. One that refused counts for a while, then it is asked again.
    private async Task<Answer?> AnswerAsync(ClusterNetworkFile chosen, CancellationToken cancel)
    {
        var isStale =
            _question is not { } asked
            || !asked.IsAbout(chosen)
            || (
                asked.Answer.IsCompleted
                && time.GetElapsedTime(asked.At) >= StatusPause
                && (
                    !asked.Answer.IsCompletedSuccessfully
                    || await asked.Answer.ConfigureAwait(false) is { Refusal: not null }
                )
            );
        if (isStale)
            _question = new Question(chosen, AskAsync(chosen, IsAnother(chosen), cancel), time.GetTimestamp());
        return _question!.Answer.IsCompleted ? await _question.Answer.ConfigureAwait(false) : null;
    }

    private async Task<Answer> AskAsync(ClusterNetworkFile chosen, bool isAnother, CancellationToken cancel)
    {
        if (isAnother && await WhyNotReadyAsync(chosen, cancel).ConfigureAwait(false) is { } why)
            return new Answer(why, null);
        return new Answer(null, await ports.RuntimeVersionAsync(cancel).ConfigureAwait(false));
    }

    private async Task<string?> WhyNotReadyAsync(ClusterNetworkFile chosen, CancellationToken cancel)
    {
        if (settings.ReadinessIndicator.Length > 0)
        {
            return File.Exists(settings.ReadinessIndicator)
                ? null
                : $"{chosen.Path} waits for {settings.ReadinessIndicator}, which its agent makes when it is ready";
        }

        var error = await ports.AskStatusAsync(chosen.Network, cancel).ConfigureAwait(false);
        return error is null ? null : $"{chosen.Path} is not able to serve yet: {error.Text}";
    }

    private ClusterNetworkFile Force(ClusterNetworkFile chosen, string version)
    {
        if (chosen.Network.CniVersionText == version)
            return chosen;

        // As the file is, without the plugins that lie beside it.
        var forced = ForcedVersion.Of(RegularFile.Read(chosen.Path), version);
        DurableFile.Replace(chosen.Path, forced, File.GetUnixFileMode(chosen.Path));
        RuntimeConfigLog.VersionForced(log, chosen.Path, chosen.Network.CniVersionText, version);
        return chosen with { Network = ConfigurationReader.ReadFile(chosen.Path).Complete() };
    }

    private string NothingUsable(List<string> passedOver)
    {
        var place =
            settings.MasterFile.Length > 0
                ? System.IO.Path.Combine(settings.NetworkFolder, settings.MasterFile)
                : settings.NetworkFolder;
        var reasons = passedOver.Count > 0 ? string.Join("; ", passedOver) : "it has no .conf or .conflist file";
        var rest = _content is null
            ? "install the cluster's own network, or set multusMasterCNI or multusAutoconfigDir"
            : "the runtime's configuration stays as it is";
        return $"there is no usable cluster network in {place}: {reasons}; {rest}";
    }

    private void SayPassedOver(List<string> passedOver)
    {
        var lines = string.Join("; ", passedOver);
        if (lines != _passedOver && lines.Length > 0)
            RuntimeConfigLog.PassedOver(log, lines);
        _passedOver = lines;
    }

    /// <param name="Refusal">Why the network is not able to serve; null: it is.</param>
    /// <param name="Version">What the runtime speaks.</param>
    private sealed record Answer(string? Refusal, CniVersion? Version);

    private sealed record Question(ClusterNetworkFile File, Task<Answer> Answer, long At)
    {
        public bool IsAbout(ClusterNetworkFile chosen) =>
            File.Path == chosen.Path && File.Network.Bytes.Span.SequenceEqual(chosen.Network.Bytes.Span);
    }
}
