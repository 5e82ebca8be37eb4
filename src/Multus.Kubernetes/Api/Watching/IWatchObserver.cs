namespace Multus.Kubernetes.Api.Watching;

/// <summary>Learns what one kind of object does. Called one at a time.</summary>
internal interface IWatchObserver<in TKey, in TObject>
{
    /// <summary>These are all; what was known before is void. Then the watch is up.</summary>
    void Listed(IReadOnlyCollection<TObject> objects);

    void Changed(TObject item);

    void Gone(TKey key);

    /// <summary>The watch goes on where it broke off, nothing is missing.</summary>
    void Up();

    /// <summary>Changes may be late from here on.</summary>
    /// <param name="isOutage">The server does not answer anybody.</param>
    void Down(string reason, bool isOutage);
}
