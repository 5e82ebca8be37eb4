namespace Multus.Engine.Explain;

/// <summary>The names of what can be wrong, for scripts: they do not change (docs/reference/multusctl.md).</summary>
public static class Cause
{
    public const string PluginNotFound = nameof(PluginNotFound);
    public const string PluginNotRunnable = nameof(PluginNotRunnable);
    public const string NetworkNotFound = nameof(NetworkNotFound);
    public const string NamespaceIsolation = nameof(NamespaceIsolation);
    public const string DefaultRouteClash = nameof(DefaultRouteClash);
    public const string AddressesExhausted = nameof(AddressesExhausted);
    public const string DiskFull = nameof(DiskFull);
    public const string PluginHung = nameof(PluginHung);
    public const string ClusterUnreachable = nameof(ClusterUnreachable);
    public const string ClusterNetworkNotReady = nameof(ClusterNetworkNotReady);
    public const string NoDeviceLeft = nameof(NoDeviceLeft);
    public const string InterfaceTaken = nameof(InterfaceTaken);
    public const string ParentMissing = nameof(ParentMissing);
    public const string WrongVersion = nameof(WrongVersion);
    public const string InvalidConfiguration = nameof(InvalidConfiguration);
    public const string NamespaceUnusable = nameof(NamespaceUnusable);
    public const string Busy = nameof(Busy);
    public const string PluginFailed = nameof(PluginFailed);
    public const string RecordDamaged = nameof(RecordDamaged);
    public const string ChangedBehindOurBack = nameof(ChangedBehindOurBack);
    public const string DeleteGivenUp = nameof(DeleteGivenUp);
    public const string DeleteWaits = nameof(DeleteWaits);
    public const string WaitsForPlugin = nameof(WaitsForPlugin);
    public const string NeverAsked = nameof(NeverAsked);
    public const string DaemonAbsent = nameof(DaemonAbsent);
    public const string PartSilent = nameof(PartSilent);
    public const string NotReady = nameof(NotReady);
    public const string Fault = nameof(Fault);
    public const string RuntimeDoesNotAsk = nameof(RuntimeDoesNotAsk);
    public const string RuntimeConfigurationTaken = nameof(RuntimeConfigurationTaken);
    public const string NoRuntimeConfiguration = nameof(NoRuntimeConfiguration);
    public const string RuntimeSilent = nameof(RuntimeSilent);
    public const string RuntimeTooOld = nameof(RuntimeTooOld);
}
