namespace Multus.ActorKernel.Configuration;

/// <summary>A configuration that cannot be read, or a value in it that is none the reader can take.</summary>
public class ConfigurationException : AkkaException
{
    public ConfigurationException(string message)
        : base(message)
    {
    }

    public ConfigurationException(string message, Exception? exception)
        : base(message, exception)
    {
    }
}
