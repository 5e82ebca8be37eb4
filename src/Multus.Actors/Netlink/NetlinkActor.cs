using Multus.Linux.Netlink;
using static Multus.Actors.Netlink.NetlinkProtocol;

namespace Multus.Actors.Netlink;

/// <summary>
/// Hands each command to one of its workers, in turn; a worker that crashes is replaced and takes no other with it.
/// </summary>
internal sealed class NetlinkActor : UntypedActor
{
    private readonly NetlinkSettings _settings;
    private readonly ILinkInspector _links;
    private readonly IRouteTable _routes;
    private readonly RestartCount _restarts;
    private readonly List<IActorRef> _workers = [];
    private long _asked;
    private int _next;

    public NetlinkActor(NetlinkSettings settings, ILinkInspector links, IRouteTable routes, RestartCount restarts)
    {
        _restarts = restarts;
        _settings = settings;
        _links = links;
        _routes = routes;
    }

    /// <param name="restarts">Where workers that crash are counted; <c>null</c>: nowhere.</param>
    public static Props PropsFor(
        NetlinkSettings settings,
        ILinkInspector links,
        IRouteTable routes,
        RestartCount? restarts = null
    )
    {
        var counted = restarts ?? new RestartCount();
        return Props.Create(() => new NetlinkActor(settings, links, routes, counted));
    }

    // A worker holds no state, and its thread is back in its own namespace after each question or the process has
    // ended: a fresh one is always right.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new CountedRestarts(_restarts, null, null, _ => Directive.Restart);

    protected override void PreStart()
    {
        for (var i = 0; i < _settings.Threads; i++)
            _workers.Add(
                Context.ActorOf(
                    NetlinkWorker.PropsFor(_links, _routes).WithDispatcher(NetlinkSettings.Dispatcher),
                    $"worker-{i}"
                )
            );
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ICommand command:
                OnCommand(command);
                break;
            case HealthProtocol.Report:
                Sender.Tell(Figures());
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnCommand(ICommand command)
    {
        _asked++;
        _next = (_next + 1) % _workers.Count;
        _workers[_next].Forward(command);
    }

    private HealthProtocol.Figures Figures() =>
        new("netlink", [new("threads", _workers.Count), new("requests", _asked)]);
}
