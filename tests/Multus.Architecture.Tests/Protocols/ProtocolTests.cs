using System.Reflection;

namespace Multus.Architecture.Tests.Protocols;

public sealed class ProtocolTests
{
    private static readonly string ActorsFolder = Path.Combine(Repository.Source, "Multus.Actors");

    public static TheoryData<string> ProtocolFiles => new(ProtocolFile.All(ActorsFolder).Select(Repository.Relative));

    [Theory]
    [MemberData(nameof(ProtocolFiles))]
    public void A_protocol_holds_closed_immutable_messages_only(string file)
    {
        var types = ProtocolFile.TypesIn(Path.Combine(Repository.Root, file), Assembly.Load("Multus.Actors"));

        Assert.NotEmpty(types);
        Assert.Empty(types.SelectMany(ProtocolShape.WithNested).Select(ProtocolShape.Objection).OfType<string>());
    }

    [Theory]
    [InlineData(typeof(Samples.ICommand))]
    [InlineData(typeof(Samples.Ask))]
    [InlineData(typeof(Samples.Reply))]
    [InlineData(typeof(Samples.Reply.Done))]
    [InlineData(typeof(Samples))]
    public void The_four_allowed_shapes_pass(Type type) => Assert.Null(ProtocolShape.Objection(type));

    [Theory]
    [InlineData(typeof(Samples.OpenReply), "others can derive from")]
    [InlineData(typeof(Samples.Unsealed), "neither sealed nor abstract")]
    [InlineData(typeof(Samples.PlainClass), "neither a static class")]
    [InlineData(typeof(Samples.Choice), "neither a static class")]
    public void Every_other_shape_is_objected_to(Type type, string why) =>
        Assert.Contains(why, ProtocolShape.Objection(type), StringComparison.Ordinal);

    [Fact]
    public void Types_nested_at_any_depth_are_looked_at() =>
        Assert.Contains(typeof(Samples.Reply.Done), ProtocolShape.WithNested(typeof(Samples)));

    internal static class Samples
    {
        internal interface ICommand;

        internal enum Choice
        {
            One,
        }

        internal sealed record Ask(int Number) : ICommand;

        internal abstract record Reply
        {
            private Reply() { }

            internal sealed record Done : Reply;
        }

        internal abstract record OpenReply;

        internal record Unsealed(int Number);

        internal sealed record Derived(int Number) : Unsealed(Number);

        internal sealed class PlainClass;
    }
}
