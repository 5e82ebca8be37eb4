namespace Multus.ActorKernel.Configuration;

/// <summary>Where configurations come from.</summary>
public static class ConfigurationFactory
{
    public static Config Empty => Config.Empty;

    /// <exception cref="ConfigurationException">The text is no HOCON; the message names line and column.</exception>
    public static Config ParseString(string hocon)
    {
        ArgumentNullException.ThrowIfNull(hocon);
        return new Config(SubstitutionResolver.Resolve(HoconParser.Parse(hocon)));
    }
}
