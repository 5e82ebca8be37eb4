using Akka.Serialization;

namespace Multus.Actors.Serialization;

/// <summary>
/// Stands in akka.hocon for every serializer of Akka's: messages stay in this process, and what would turn one into
/// bytes is refused.
/// </summary>
/// <remarks>
/// Akka makes all serializers when the system starts. Its own bring Newtonsoft.Json and Akka.Streams into the binary,
/// which run on reflection.
/// </remarks>
internal sealed class NoSerializer : Serializer
{
    public NoSerializer(ExtendedActorSystem system)
        : base(system) { }

    /// <summary>
    /// Akka's choice where akka.actor.serialization-settings has a section for the serializer, as for json.
    /// </summary>
    public NoSerializer(ExtendedActorSystem system, Config _)
        : base(system) { }

    public override int Identifier => 0x6d6c; // any that Akka does not use: 0 to 40 are its own

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => throw Refused(obj.GetType().ToString());

    public override object FromBinary(byte[] bytes, Type type) => throw Refused($"{bytes.Length} bytes");

    private static NotSupportedException Refused(string what) =>
        new(
            $"{what} cannot be serialized: the actors' messages never leave the process (akka.actor.serializers "
                + "in akka.hocon)"
        );
}
