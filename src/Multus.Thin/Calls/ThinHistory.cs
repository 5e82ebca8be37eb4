using Multus.Engine.History;
using Multus.Engine.Ports;
using Multus.Engine.Requests;

namespace Multus.Thin.Calls;

/// <summary>Notes what one call has done, for <c>multusctl explain</c>, where the daemon would note it too.</summary>
internal sealed class ThinHistory
{
    private readonly List<Func<OperationEntry>> _entries = [];
    private readonly OperationHistory _history;
    private readonly HistoryFolder _folder;
    private readonly ILogger _log;

    public ThinHistory(string cniDir, TimeProvider time, ILogger log)
    {
        _history = new OperationHistory(_entries.Add, time);
        _folder = new HistoryFolder(cniDir, HistoryLimits.Usual);
        _log = log;
    }

    public IPhases Phases => _history;

    /// <summary>Writes what is noted; that it cannot be written is no failure of the call.</summary>
    public void Write(CniRequest request, CniReply reply)
    {
        if (reply is CniReply.Refused { HadTurn: false } refused && request is CniRequest.OfSandbox ofSandbox)
            _history.NoteRefusal(ofSandbox, refused.Error);
        try
        {
            foreach (var entry in _entries)
                _folder.Append(EntryCodec.ToLine(entry()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            HistoryLog.NotWritten(_log, _folder.Path, e.Message);
        }
    }
}
