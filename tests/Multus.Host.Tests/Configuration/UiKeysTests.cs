using System.Text;
using Multus.Configuration;

namespace Multus.Host.Tests.Configuration;

public sealed class UiKeysTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"metricsPort":9091,"ui":false}""")]
    [InlineData("""{"metricsPort":9091,"uiTokenFile":"/ui/token"}""")]
    public void Without_the_key_there_is_no_page(string json) => Assert.Null(Parse(json).Ui);

    [Theory]
    [InlineData("""{"metricsPort":9091,"ui":true}""", "")]
    [InlineData("""{"metricsPort":9091,"metricsAddress":"127.0.0.1","ui":true}""", "")]
    [InlineData("""{"metricsPort":9091,"metricsAddress":"::1","ui":true}""", "")]
    [InlineData("""{"metricsPort":9091,"ui":true,"uiTokenFile":"/t"}""", "/t")]
    [InlineData("""{"metricsPort":9091,"metricsAddress":"*","ui":true,"uiTokenFile":"/t"}""", "/t")]
    public void On_localhost_it_needs_no_token_elsewhere_it_has_one(string json, string tokenFile) =>
        Assert.Equal(tokenFile, Parse(json).Ui!.TokenFile);

    [Fact]
    public void It_may_have_further_names() =>
        Assert.Equal(["a", "b"], Parse("""{"metricsPort":9091,"ui":true,"uiHosts":["a","b"]}""").Ui!.Hosts.ToList());

    [Theory]
    [InlineData("""{"ui":true}""", "set metricsPort to 9091, or ui to false")]
    [InlineData("""{"metricsPort":9091,"metricsAddress":"*","ui":true}""", "name a file with a token in uiTokenFile")]
    [InlineData("""{"metricsPort":9091,"metricsAddress":"10.0.0.7","ui":true}""", "reaches 10.0.0.7:9091")]
    [InlineData("""{"metricsPort":9091,"ui":true,"uiTokenFile":"token"}""", "must be the absolute path")]
    [InlineData("""{"metricsPort":9091,"ui":true,"uiHosts":"a"}""", "uiHosts must be a list of strings")]
    [InlineData("""{"metricsPort":9091,"ui":true,"uiHosts":[1]}""", "uiHosts must be a list of strings")]
    [InlineData("""{"metricsPort":9091,"ui":"yes"}""", "ui must be true or false")]
    public void What_would_show_nothing_or_too_much_is_said(string json, string error)
    {
        var errors = new List<string>();
        DaemonConfiguration.Parse(Encoding.UTF8.GetBytes(json), errors);

        Assert.Contains(error, Assert.Single(errors));
    }

    private static DaemonConfiguration Parse(string json)
    {
        var errors = new List<string>();
        var parsed = DaemonConfiguration.Parse(Encoding.UTF8.GetBytes(json), errors);
        Assert.Empty(errors);
        return parsed!;
    }
}
