namespace Multus.Kubernetes.Api.Configuration;

/// <summary>
/// What says how to reach the API server cannot be used; the message names the file, the context and the key.
/// </summary>
public sealed class ApiConfigurationException : Exception
{
    public ApiConfigurationException(string message)
        : base(message) { }

    public ApiConfigurationException(string message, Exception inner)
        : base(message, inner) { }
}
