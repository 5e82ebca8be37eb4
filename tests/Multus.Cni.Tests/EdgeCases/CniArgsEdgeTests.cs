namespace Multus.Cni.Tests.EdgeCases;

/// <summary>Rows of edge-cases.md about the text of CNI_ARGS.</summary>
public sealed class CniArgsEdgeTests
{
    [Fact]
    public void Edge_038_a_value_keeps_its_equals_signs() =>
        Assert.Equal(
            new KeyValuePair<string, string>("BLAHBLAH", "foo=bar"),
            CniArgs.Parse("K8S_POD_NAME=p;BLAHBLAH=foo=bar")[^1]
        );

    // Upstream's thin plugin skips it with a line in its log, and runs delegates with less than the runtime said.
    [Fact]
    public void Edge_040_an_item_without_an_equals_sign_is_an_error_where_upstream_skips_it() =>
        Refused("\"FOO\"", "K8S_POD_NAME=p;FOO;K8S_POD_UID=u");

    [Fact]
    public void Edge_112_a_colon_instead_of_the_equals_sign_is_an_error() =>
        Refused("\"K8S_POD_NAME:p\"", "K8S_POD_NAME:p;K8S_POD_NAMESPACE=n");

    [Fact]
    public void Edge_114_a_semicolon_at_the_end_is_an_invalid_pair() => Refused("\"\"", "K8S_POD_NAME=p;");

    private static void Refused(string item, string args) =>
        Assert.Equal(
            (CniErrorCode.InvalidEnvironment, $"ARGS: invalid pair {item}"),
            Assert.Throws<CniException>(() => CniArgs.Parse(args)).Error is var error
                ? (error.Code, error.Message)
                : default
        );
}
