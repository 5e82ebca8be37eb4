namespace Multus.Core.Planning;

/// <summary>Where a network's configuration came from, for who wants to know why a pod has what it has.</summary>
/// <param name="Text">"NetworkAttachmentDefinition default/blue", a path, or a key of the configuration.</param>
/// <param name="Content">The configuration as it stands there, before anything of the pod was put into it.</param>
public sealed record NetworkOrigin(string Text, ReadOnlyMemory<byte> Content)
{
    /// <summary>Of a network-attachment-definition.</summary>
    public static NetworkOrigin OfDefinition(string key, ReadOnlyMemory<byte> content) =>
        new($"NetworkAttachmentDefinition {key}", content);
}
