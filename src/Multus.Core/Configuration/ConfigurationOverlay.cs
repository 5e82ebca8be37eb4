using System.Text.Json;
using Multus.Cni;

namespace Multus.Core.Configuration;

/// <summary>
/// The node's configuration, read once: it is laid over that of every request (wire-and-daemon.md §5).
/// </summary>
public sealed class ConfigurationOverlay
{
    private readonly Lazy<MultusConfiguration> _settings;

    private ConfigurationOverlay(JsonElement? root)
    {
        Root = root;
        _settings = new Lazy<MultusConfiguration>(() =>
            MultusConfigurationReader.ReadSettings(OverlaidObject.Of("{}"u8.ToArray(), this))
        );
    }

    /// <summary>There is none: requests count as they come.</summary>
    public static ConfigurationOverlay None { get; } = new(null);

    /// <summary>
    /// Multus' own settings without a request: for <c>/delegate</c>, whose configuration is the delegate's.
    /// </summary>
    /// <exception cref="CniException">Code 7: a key with a value that cannot be.</exception>
    public MultusConfiguration Settings => _settings.Value;

    internal JsonElement? Root { get; }

    /// <param name="json">The node's configuration file; may be empty.</param>
    /// <exception cref="CniException">Code 6: it is not JSON. Code 7: it is not an object.</exception>
    public static ConfigurationOverlay Parse(ReadOnlyMemory<byte> json) =>
        json.IsEmpty ? None : new ConfigurationOverlay(OverlaidObject.ParseOverlay(json));

    /// <summary>The settings of one request, as <see cref="MultusConfiguration.Parse"/>.</summary>
    /// <param name="requestConfig">What the runtime's configuration for Multus says.</param>
    /// <exception cref="CniException">As <see cref="MultusConfiguration.Parse"/>.</exception>
    public MultusConfiguration Over(ReadOnlyMemory<byte> requestConfig) =>
        MultusConfigurationReader.Read(OverlaidObject.Of(requestConfig, this));

    /// <summary>The settings of a DEL, as <see cref="MultusConfiguration.ParseForDelete"/>.</summary>
    /// <param name="requestConfig">As above.</param>
    /// <exception cref="CniException">As <see cref="MultusConfiguration.ParseForDelete"/>.</exception>
    public MultusConfiguration OverDelete(ReadOnlyMemory<byte> requestConfig) =>
        MultusConfiguration.ParseForDelete(OverlaidObject.Of(requestConfig, this));
}
