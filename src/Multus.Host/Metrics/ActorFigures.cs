namespace Multus.Host.Metrics;

/// <summary>Every figure of <c>/healthz</c> has a metric.</summary>
internal static class ActorFigures
{
    public static IReadOnlyList<ActorFigure> All { get; } =
    [
        .. Of(
            "sandboxes",
            ("actors", "multus_sandboxes", "Sandboxes that somebody works on, or that wait"),
            ("working", "multus_operations_running", "Operations under way"),
            ("attaching_places", "multus_attach_places", "ADDs that may be carried out at once"),
            ("attaching", "multus_attach_places_used", "ADDs that are carried out"),
            ("waiting", "multus_attach_places_waiting", "ADDs that wait for a place"),
            ("overdue", "multus_attach_overdue", "ADDs that lost their place for taking too long, and go on"),
            (
                "waiting_for_cluster_network",
                "multus_attach_waiting_for_cluster_network",
                "ADDs that wait for readinessindicatorfile"
            ),
            ("added", "multus_sandboxes_attached_total", "ADDs that succeeded"),
            ("deleted", "multus_sandboxes_detached_total", "DELs that succeeded"),
            ("failed", "multus_operations_failed_total", "Operations that failed")
        ),
        .. Of(
            "delegates",
            ("slots", "multus_plugin_slots", "Plugin processes that may run at once"),
            ("running", "multus_plugin_slots_used", "Plugin processes that run"),
            ("waiting", "multus_plugin_slots_waiting", "Plugin runs that wait for a slot"),
            ("started", "multus_plugin_processes_started_total", "Plugin processes started"),
            ("failed", "multus_plugin_processes_failed_total", "Plugin runs that failed, of any type"),
            ("plugin_types", "multus_plugin_types", "Types of plugins seen so far"),
            ("runner_crashes", "multus_plugin_runner_crashes_total", "Faults of the daemon in running plugins")
        ),
        .. Of(
            "netlink",
            ("threads", "multus_netlink_threads", "Threads that enter network namespaces"),
            ("requests", "multus_netlink_requests_total", "Questions to the kernel")
        ),
        .. Of(
            "cluster",
            ("synced", "multus_cluster_synced", "1: all pods and networks were read once"),
            ("connected", "multus_cluster_connected", "1: the cluster can be followed now"),
            ("pods", "multus_cluster_pods", "Pods known"),
            ("networks", "multus_cluster_networks", "NetworkAttachmentDefinitions known"),
            ("live_reads", "multus_cluster_live_reads_total", "Questions about one object, beside the watch"),
            ("watch_age_seconds", "multus_cluster_watch_age_seconds", "Since the watch has last told of a change")
        ),
        .. Of(
            "annotations",
            ("queued", "multus_status_queue", "Pods whose status waits to be written"),
            ("oldest_seconds", "multus_status_queue_oldest_seconds", "How long the oldest of them waits"),
            ("kept_on_disk", "multus_status_queue_on_disk", "Those that a restart would not lose"),
            ("in_flight", "multus_status_writes_running", "Status writes under way"),
            ("stored", "multus_status_writes_total", "Statuses written"),
            ("failed", "multus_status_writes_failed_total", "Status writes that failed")
        ),
        .. Of(
            "events",
            ("queued", "multus_events_queue", "Events that wait"),
            ("in_flight", "multus_events_running", "Events that are being posted"),
            ("posted", "multus_events_posted_total", "Events posted"),
            ("failed", "multus_events_failed_total", "Events that the API server did not take"),
            ("dropped", "multus_events_dropped_total", "Events for which there was no room"),
            (
                "suppressed",
                "multus_events_suppressed_total",
                "Repeats, and pods attached in a burst, that were not posted"
            )
        ),
        .. Of(
            "pending-deletes",
            ("open", "multus_pending_deletes", "Stored DELs that wait"),
            ("oldest_seconds", "multus_pending_deletes_oldest_seconds", "How long the oldest of them waits"),
            ("running", "multus_pending_deletes_running", "Stored DELs under way"),
            ("done", "multus_pending_deletes_done_total", "Stored DELs carried out"),
            ("failed_attempts", "multus_pending_deletes_attempts_failed_total", "Tries of stored DELs that failed"),
            ("set_aside", "multus_pending_deletes_set_aside_total", "Files that are no DEL"),
            ("given_up", "multus_pending_deletes_for_operator", "DELs that wait for the operator"),
            ("gave_up", "multus_pending_deletes_given_up_total", "DELs given up")
        ),
        .. Of(
            "stale-sandboxes",
            ("looks", "multus_stale_sandboxes_looks_total", "Looks for sandboxes that vanished without a DEL"),
            ("noted", "multus_stale_sandboxes", "Sandboxes that seem to have vanished"),
            ("detached", "multus_stale_sandboxes_detached_total", "Those that were detached"),
            ("failed", "multus_stale_sandboxes_failed_total", "Those that could not be detached")
        ),
    ];

    private static List<ActorFigure> Of(string part, params (string Figure, string Metric, string Help)[] figures)
    {
        var all = new List<ActorFigure>(figures.Length);
        foreach (var (figure, metric, help) in figures)
            all.Add(new ActorFigure(part, figure, metric, help));
        return all;
    }
}
