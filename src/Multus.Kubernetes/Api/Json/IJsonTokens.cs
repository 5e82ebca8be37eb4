using System.Text.Json;

namespace Multus.Kubernetes.Api.Json;

/// <summary>Takes the tokens of one JSON text after another.</summary>
internal interface IJsonTokens
{
    /// <summary>True before the first token and after the last of a whole text.</summary>
    bool IsBetweenTexts { get; }

    /// <param name="reader">At the token; must not be moved.</param>
    void OnToken(ref Utf8JsonReader reader);
}
