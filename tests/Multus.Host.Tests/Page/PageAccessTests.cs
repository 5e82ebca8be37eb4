using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Configuration;
using Multus.Host.Page;
using Multus.TestSupport;

namespace Multus.Host.Tests.Page;

public sealed class PageAccessTests : IDisposable
{
    private const string Token = "0123456789abcdef";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("localhost:9091", null)]
    [InlineData("LOCALHOST", null)]
    [InlineData("127.0.0.1:8080", null)]
    [InlineData("[::1]:9091", null)]
    [InlineData("node-1.example:9091", null)]
    [InlineData("evil.example:9091", 403)]
    [InlineData("localhost.evil.example", 403)]
    [InlineData("10.0.0.1:9091", 403)]
    [InlineData("", 403)]
    public void Without_a_token_it_is_called_by_a_name_of_its_own(string host, int? status) =>
        Assert.Equal(status, new PageAccess(Keys(""), NullLogger.Instance).WhyNot(Request(host))?.Status);

    [Theory]
    [InlineData("Bearer 0123456789abcdef", null)]
    [InlineData("bearer 0123456789abcdef", null)]
    [InlineData("Bearer 0123456789abcdeF", 401)]
    [InlineData("Bearer 0123456789abcdef0", 401)]
    [InlineData("Bearer ", 401)]
    [InlineData("0123456789abcdef", 401)]
    [InlineData("Basic 0123456789abcdef", 401)]
    [InlineData("", 401)]
    public void With_a_token_whatever_its_name_it_has_to_be_known(string authorization, int? status)
    {
        var access = new PageAccess(Keys(_folder.File("token", $"{Token}\n")), NullLogger.Instance);

        Assert.Null(access.WhyNotByName(Request("anything.example")));
        Assert.Equal(status, access.WhyNot(Request("anything.example", authorization))?.Status);
    }

    [Fact]
    public void A_changed_token_counts_at_once_and_one_that_is_short_or_away_lets_nobody_in()
    {
        var file = _folder.File("token", Token);
        var access = new PageAccess(Keys(file), NullLogger.Instance);
        Assert.Null(access.WhyNot(Request("localhost", $"Bearer {Token}")));

        _folder.File("token", "another-token-of-24-chars");
        Assert.Equal(401, access.WhyNot(Request("localhost", $"Bearer {Token}"))?.Status);
        Assert.Null(access.WhyNot(Request("localhost", "Bearer another-token-of-24-chars")));

        _folder.File("token", "short");
        var (status, reason) = Assert.NotNull(access.WhyNot(Request("localhost", "Bearer short")));
        Assert.Equal(503, status);
        Assert.Contains("16 at least", reason);

        File.Delete(file);
        (status, reason) = Assert.NotNull(access.WhyNot(Request("localhost", "Bearer ")));
        Assert.Equal(503, status);
        Assert.Contains(file, reason);
    }

    private static UiKeys Keys(string tokenFile) => new(tokenFile, ["node-1.example"]);

    private static HttpRequest Request(string host, string authorization = "")
    {
        var request = new DefaultHttpContext().Request;
        request.Host = new HostString(host);
        request.Headers.Authorization = authorization;
        return request;
    }
}
