using Multus.Cni;
using Multus.Core.Pods;

namespace Multus.Core.Tests.Pods;

public sealed class PodIdentityTests
{
    [Fact]
    public void The_runtimes_arguments_name_the_pod()
    {
        var pod = Parse(
            "IgnoreUnknown=1;K8S_POD_NAMESPACE=ns1;K8S_POD_NAME=p1;K8S_POD_INFRA_CONTAINER_ID=c1;K8S_POD_UID=u1"
        );

        Assert.Equal(new PodIdentity("ns1", "p1", "c1", "u1"), pod);
        Assert.True(pod.IsPod);
        Assert.Equal(new PodKey("ns1", "p1"), pod.Key);
    }

    [Theory]
    [InlineData("")]
    [InlineData("K8S_POD_NAME=p1")]
    [InlineData("K8S_POD_NAMESPACE=ns1;K8S_POD_NAME=")]
    public void Without_namespace_and_name_there_is_no_pod(string args) => Assert.False(Parse(args).IsPod);

    [Theory]
    [InlineData("8c1b3a52-4f0e-4a6e-9d4f-2f3f6f0d9c11", false)]
    [InlineData("0f1e2d3c4b5a69788796a5b4c3d2e1f0", true)]
    [InlineData("", true)]
    public void Only_a_UID_that_no_API_server_gave_may_be_a_static_pod_s(string uid, bool mayBe) =>
        Assert.Equal(mayBe, PodIdentity.MayBeStatic(uid));

    [Fact]
    public void A_repeated_key_counts_with_its_last_value() =>
        Assert.Equal("b", Parse("K8S_POD_NAME=a;K8S_POD_NAME=b").Name);

    [Fact]
    public void A_value_that_plugins_could_not_read_is_refused_and_one_that_nobody_gets_is_not()
    {
        Assert.Equal(
            CniErrorCode.InvalidEnvironment,
            Assert.Throws<CniException>(() => Parse("K8S_POD_UID=a=b")).Error.Code
        );
        Assert.Equal("u", Parse("IgnoreUnknown=1;X=a=b;K8S_POD_UID=u").Uid);
    }

    [Theory]
    [InlineData("FOO=1;IgnoreUnknown=1")]
    [InlineData("FOO=1;IgnoreUnknown=TRUE")]
    [InlineData("IP=10.0.0.1")]
    [InlineData("IP=fd00::1")]
    public void Known_and_allowed_arguments_pass(string args) => Assert.Equal(PodIdentity.None, Parse(args));

    [Theory]
    [InlineData("FOO=1", "unknown args [\"FOO=1\"]")]
    [InlineData("FOO=1;IgnoreUnknown=0;BAR=2", "unknown args [\"FOO=1\" \"BAR=2\"]")]
    [InlineData("k8s_pod_name=p", "k8s_pod_name")]
    [InlineData("IgnoreUnknown=yes", "IgnoreUnknown is \"yes\"")]
    [InlineData("IP=10.0.0", "IP is \"10.0.0\"")]
    public void Anything_else_is_refused_and_shown(string args, string shown)
    {
        var error = Assert.Throws<CniException>(() => Parse(args)).Error;

        Assert.Equal(CniErrorCode.InvalidEnvironment, error.Code);
        Assert.Contains(shown, error.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "u1",
        "IgnoreUnknown=true;K8S_POD_NAMESPACE=test;K8S_POD_NAME=p1;K8S_POD_INFRA_CONTAINER_ID=;K8S_POD_UID=u1"
    )]
    [InlineData(
        "",
        "IgnoreUnknown=true;K8S_POD_NAMESPACE=test;K8S_POD_NAME=p1;K8S_POD_INFRA_CONTAINER_ID=;K8S_POD_UID="
    )]
    public void Edge_045_046_delegates_get_the_five_pairs_in_order_with_empty_values_kept(
        string uid,
        string expected
    ) => Assert.Equal(expected, CniArgs.Format(new PodIdentity("test", "p1", "", uid).DelegateArgs()));

    private static PodIdentity Parse(string args) => PodIdentity.FromCniArgs(CniArgs.Parse(args));
}
