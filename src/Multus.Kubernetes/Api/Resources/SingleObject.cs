using Multus.Kubernetes.Api.Json;

namespace Multus.Kubernetes.Api.Resources;

/// <summary>Reads one object.</summary>
internal sealed class SingleObject<T> : ObjectTokens
    where T : class
{
    private readonly Func<ObjectDraft, T> _decode;
    private T? _found;

    private SingleObject(Func<ObjectDraft, T> decode)
        : base(Place.Object) => _decode = decode;

    /// <exception cref="InvalidDataException">It is none.</exception>
    public static async Task<T> ReadAsync(Stream body, Func<ObjectDraft, T> decode, CancellationToken cancel)
    {
        var reader = new SingleObject<T>(decode);
        await JsonFeed.ReadAsync(body, reader, cancel).ConfigureAwait(false);
        return reader._found ?? throw new InvalidDataException("the answer is empty");
    }

    protected override void OnObject() => _found = _decode(Draft);
}
