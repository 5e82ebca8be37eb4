namespace Multus.TestCluster.Statuses;

/// <summary>
/// Ends a request with a status; caught where requests are answered, and by a test that uses the store directly.
/// </summary>
public sealed class ApiException(ApiStatus status) : Exception(status.Message)
{
    public ApiStatus Status => status;
}
