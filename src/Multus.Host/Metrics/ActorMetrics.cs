using Multus.Actors.Health;
using Prometheus;

namespace Multus.Host.Metrics;

/// <summary>What the actors say of themselves, and what is seen of them. One thread at a time.</summary>
internal sealed class ActorMetrics
{
    private readonly Dictionary<(string Part, string Figure), Gauge> _levels = [];
    private readonly Dictionary<(string Part, string Figure), Growing> _growing = [];
    private readonly Dictionary<string, Growing> _restarts = [];
    private readonly Gauge _answers;
    private readonly Gauge _mailboxes;
    private readonly Gauge _counts;
    private readonly Counter _restarted;

    public ActorMetrics(Instruments instruments)
    {
        foreach (var figure in ActorFigures.All)
        {
            var key = (figure.Part, figure.Figure);
            if (figure.IsCounter)
                _growing.Add(key, new Growing(instruments.Counter(figure.Metric, figure.Help)));
            else
                _levels.Add(key, instruments.Gauge(figure.Metric, figure.Help));
        }

        _answers = instruments.Gauge("multus_part_up", "1: this part of the daemon answers; 0: it is silent", "part");
        _mailboxes = instruments.Gauge("multus_actor_mailbox_messages", "Messages that wait for an actor", "actor");
        _counts = instruments.Gauge("multus_actors", "Actors of this kind", "actor");
        _restarted = instruments.Counter("multus_actor_restarts_total", "Actors started anew after a crash", "actor");
    }

    public void Update(HealthProtocol.Reply.Health health)
    {
        foreach (var part in health.Parts)
        {
            _answers.WithLabels(part.Part).Set(1);
            foreach (var (name, value) in part.Values)
            {
                if (_levels.TryGetValue((part.Part, name), out var level))
                    level.Set(value);
                else if (_growing.TryGetValue((part.Part, name), out var growing))
                    growing.GrowTo(value);
            }
        }

        foreach (var silent in health.Silent)
            _answers.WithLabels(silent).Set(0);
        foreach (var actor in health.Actors)
            Update(actor);
    }

    private void Update(ActorVitals actor)
    {
        _mailboxes.WithLabels(actor.Actor).Set(actor.Mailbox);
        _counts.WithLabels(actor.Actor).Set(actor.Count);
        if (!_restarts.TryGetValue(actor.Actor, out var restarts))
            _restarts.Add(actor.Actor, restarts = new Growing(_restarted.WithLabels(actor.Actor)));
        restarts.GrowTo(actor.Restarts);
    }
}
