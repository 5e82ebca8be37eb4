using Microsoft.AspNetCore.Server.Kestrel.Core;
using Multus.Actors.Events;
using Multus.Actors.Node;
using Multus.Core.Configuration;
using Multus.Engine.Explain;
using Multus.Engine.History;
using Multus.Engine.Installation;
using Multus.Engine.Kernel;
using Multus.Engine.Requests;
using Multus.Host.Limits;
using Multus.Host.Logging;
using Multus.Host.Metrics;
using Multus.Host.Page;
using Multus.Host.Runtimes;
using Multus.Host.Server;
using Multus.Host.Telemetry;
using Multus.Kubernetes.Runtimes;

namespace Multus.Host;

/// <summary>The services of the daemon's process: the actors, the runtime's configuration, the socket.</summary>
internal sealed class DaemonHost(
    DaemonSettings settings,
    NodeServices node,
    RequestMapping mapping,
    ConfigurationOverlay overlay,
    RequestBodies bodies,
    NodeActivity activity,
    Handover handover,
    LogPipeline output
)
{
    /// <param name="socket">Where it listens.</param>
    public IHost Build(string socket)
    {
        var stop = new StopTimes(settings.Node.DrainTimeout);
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings()
        );
        output.AddTo(builder.Services);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = stop.Host);
        builder.Services.AddAkka(
            "multus",
            (akka, _) => akka.AddDaemonSettings(settings.Hocon, stop, output.Factory).AddNode(node)
        );
        if (settings.Daemon.RuntimeConfig is { } runtimeConfig)
        {
            builder.Services.AddSingleton(services => RuntimeConfigOf(runtimeConfig, services));
            builder.Services.AddHostedService(services => services.GetRequiredService<RuntimeConfigService>());
        }

        builder.Services.AddSingleton(FiguresOf);
        builder.Services.AddSingleton(services => new MetricsPage(
            activity.Metrics,
            services.GetRequiredService<FiguresReader>()
        ));
        builder.Services.AddSingleton(services => ServerOf(services, socket, stop));
        builder.Services.AddHostedService(services => services.GetRequiredService<UnixSocketServer>());
        builder.Services.AddHostedService(_ => new StartPages(
            TimeProvider.System,
            output.Factory.CreateLogger("Multus.Host")
        ));
        if (settings.Daemon.Metrics is { } at)
            builder.Services.AddHostedService(services => PortOf(at, services));
        if (OtlpTelemetry.IsWanted(Environment.GetEnvironmentVariable))
            builder.Services.AddHostedService(RefreshOf);
        return builder.Build();
    }

    private UnixSocketServer ServerOf(IServiceProvider services, string socket, StopTimes stop) =>
        new(
            ServerOptions(settings.Server, socket),
            Places(),
            EndpointsOf(services).HandleAsync,
            () => CoordinatedShutdown.Get(services.GetRequiredService<ActorSystem>()),
            stop,
            TimeProvider.System,
            output.Factory
        );

    private Endpoints EndpointsOf(IServiceProvider services) =>
        new(
            services.GetRequiredService<IRequiredActor<NodeRegistration.NodeKey>>(),
            () => services.GetRequiredService<ActorSystem>().WhenTerminated,
            mapping,
            new NodeView(
                new Neighbours(),
                () => !handover.WhenIdle.IsCompleted,
                cancel => services.GetRequiredService<UnixSocketServer>().WhenHandedOverAsync(cancel)
            )
            {
                Readiness = settings.Daemon.NodeEvents ? ReadinessOf(services) : null,
            },
            bodies,
            activity,
            services.GetRequiredService<FiguresReader>(),
            services.GetRequiredService<MetricsPage>(),
            activity.Metrics.Requests,
            output.Factory.CreateLogger("Multus.Host.Server")
        );

    private static ReadinessEvents ReadinessOf(IServiceProvider services) =>
        new(
            (reason, words) =>
                services
                    .GetRequiredService<IRequiredActor<NodeRegistration.NodeKey>>()
                    .ActorRef.Tell(new EventsProtocol.OfNode(reason, words)),
            TimeProvider.System
        );

    private FiguresReader FiguresOf(IServiceProvider services) =>
        new(
            services.GetRequiredService<IRequiredActor<NodeRegistration.NodeKey>>(),
            node.Cluster,
            () => services.GetService<RuntimeConfigService>()?.State,
            () => output.Losses,
            activity.Tracker
        );

    private FiguresRefresh RefreshOf(IServiceProvider services) =>
        new(
            activity.Metrics,
            services.GetRequiredService<FiguresReader>(),
            OtlpTelemetry.Interval(Environment.GetEnvironmentVariable),
            TimeProvider.System
        );

    private HttpPort PortOf(MetricsKeys at, IServiceProvider services)
    {
        var pages = new Dictionary<string, RequestDelegate>(StringComparer.Ordinal)
        {
            [MetricsPage.Path] = services.GetRequiredService<MetricsPage>().AnswerAsync,
        };
        if (settings.Daemon.Ui is { } ui && activity.Page is { } page)
        {
            foreach (var (path, answer) in PageOf(ui, page, services).Paths())
                pages.Add(path, answer);
            HostLog.PageServed(output.Factory.CreateLogger("Multus.Host.Page"), at.Text);
        }

        return new HttpPort(at, pages, TimeProvider.System, output.Factory);
    }

    private LivePage PageOf(UiKeys ui, PageActivity page, IServiceProvider services)
    {
        var log = output.Factory.CreateLogger("Multus.Host.Page");
        var cniDir = settings.Daemon.CniDir;
        var sources = new PageSources(
            services.GetRequiredService<FiguresReader>().ReadWhatAnswersAsync,
            activity.Tracker,
            page.Ended,
            page.Hour,
            new HistoryFolder(cniDir, HistoryLimits.Usual)
        );
        var evidence = new EvidenceReader(cniDir, node.PendingDeletes, new KernelNetNs(node.Links, node.Routes));
        return new LivePage(
            new PageAccess(ui, log),
            new LiveFeed(sources, TimeProvider.System, log),
            new PageAnswers(cniDir, node.PluginRoot, evidence, activity.Tracker),
            settings.Cluster is ClusterSource.ApiServer { NodeName.Length: > 0 } server
                ? server.NodeName
                : Environment.MachineName,
            log,
            services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping
        );
    }

    private RuntimeConfigService RuntimeConfigOf(RuntimeConfigSettings runtimeConfig, IServiceProvider services)
    {
        var log = output.Factory.CreateLogger("Multus.Host");
        var ports = new RuntimeConfigPorts(
            services.GetRequiredService<IRequiredActor<NodeRegistration.NodeKey>>,
            overlay,
            new CriVersion(RuntimeSockets.Of(settings.Daemon), TimeProvider.System),
            log
        );
        return new RuntimeConfigService(
            new RuntimeConfigKeeper(runtimeConfig, ports, TimeProvider.System, log),
            () => services.GetRequiredService<UnixSocketServer>().IsOwner,
            TimeProvider.System
        );
    }

    private ConnectionPlaces Places()
    {
        var (limit, slots) = (OpenFiles.Limit, node.Settings.Delegates.Slots);
        var count = OpenFiles.Connections(limit, slots);
        if (limit < OpenFiles.Needed(slots))
            HostLog.FewFiles(output.Factory.CreateLogger("Multus.Host.Server"), limit, count, OpenFiles.Needed(slots));
        return new ConnectionPlaces(count, ConnectionPlaces.Courtesy, TimeProvider.System);
    }

    private static KestrelServerOptions ServerOptions(ServerSettings settings, string socket)
    {
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Limits.MaxRequestBodySize = null; // bounded by RequestBodies
        // How long a body may take is bounded as a whole, by the endpoints.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.RequestHeadersTimeout = settings.ReadTimeout;
        // Until the first byte: every answer closes its connection.
        kestrel.Limits.KeepAliveTimeout = settings.ReadTimeout;
        kestrel.ListenUnixSocket(socket);
        return kestrel;
    }
}
