using FsCheck;
using FsCheck.Fluent;
using Multus.TestSupport;

namespace Multus.Cni.Tests.Properties;

/// <summary>CNI_ARGS there and back.</summary>
public sealed class CniArgsProperties
{
    [Fact]
    public void Pairs_that_were_formatted_are_parsed_as_they_were() =>
        PropertyRule.Holds(
            (
                from key in Gen.Elements("A", "K8S_POD_NAME", "é", " ", "a b", "\n")
                from value in Gen.Elements("", "x", "=", "a=b=c", " ", "𝄞", "\"")
                select new KeyValuePair<string, string>(key, value)
            ).ArrayOf(),
            pairs => CniArgs.Parse(CniArgs.Format(pairs)).SequenceEqual(pairs),
            2_000
        );

    [Fact]
    public void Any_text_is_refused_with_code_4_or_formatted_again_as_it_was() =>
        PropertyRule.Holds(
            from parts in Gen.Elements("A", "=", ";", "é", "\0", "\n", "=;", "K=V", "\ud800").ArrayOf()
            select string.Concat(parts),
            text =>
            {
                try
                {
                    return CniArgs.Format(CniArgs.Parse(text)) == text;
                }
                catch (CniException e)
                {
                    return e.Error.Code == CniErrorCode.InvalidEnvironment
                        && !e.Message.Contains('\n', StringComparison.Ordinal);
                }
            },
            5_000
        );
}
