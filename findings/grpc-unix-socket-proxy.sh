#!/bin/sh
# Grpc.Net.Client 2.85.0 (NuGet, .NET 10): a channel whose SocketsHttpHandler connects to a unix socket by its ConnectCallback fails at every call when http_proxy is
# set in the environment: status Internal, "while unable to establish HTTP/2 connection". The callback is never called, and the message does not speak of a proxy.
# Expected: the callback connects, as it does with UseProxy = false, or an error that names the proxy.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

cat >finding.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <FrameworkReference Include="Microsoft.AspNetCore.App" />
    <PackageReference Include="Grpc.Net.Client" Version="[2.85.0]" />
  </ItemGroup>
</Project>
XML

cat >Program.cs <<'CS'
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

var socket = Path.Combine(Directory.GetCurrentDirectory(), "server.sock");
var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.ListenUnixSocket(socket, listen => listen.Protocols = HttpProtocols.Http2));
await using var server = builder.Build();
server.Run(async context =>
{
    context.Response.ContentType = "application/grpc";
    await context.Response.Body.WriteAsync(new byte[5]); // one message, not compressed, of no bytes
    context.Response.AppendTrailer("grpc-status", "0");
});
await server.StartAsync();

var withProxy = await Call(useProxy: true);
var withoutProxy = await Call(useProxy: false);
Console.WriteLine($"Grpc.Net.Client 2.85.0, http_proxy={Environment.GetEnvironmentVariable("http_proxy")}");
Console.WriteLine($"UseProxy as it is by default: {withProxy}");
Console.WriteLine($"UseProxy = false: {withoutProxy}");
await server.StopAsync();
return withProxy.StartsWith("Unavailable") || withProxy.StartsWith("Internal") ? withoutProxy.StartsWith("answered") ? 0 : 1 : 1;

async Task<string> Call(bool useProxy)
{
    var connects = 0;
    var handler = new SocketsHttpHandler
    {
        UseProxy = useProxy,
        ConnectCallback = async (_, cancel) =>
        {
            connects++;
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancel);
            return new NetworkStream(connection, ownsSocket: true);
        },
    };
    using var channel = GrpcChannel.ForAddress("http://server", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
    var bytes = Marshallers.Create<byte[]>(message => message, message => message);
    var method = new Method<byte[], byte[]>(MethodType.Unary, "finding.Service", "Call", bytes, bytes);
    try
    {
        await channel.CreateCallInvoker().AsyncUnaryCall(method, host: null, new CallOptions(deadline: DateTime.UtcNow.AddSeconds(30)), []);
        return $"answered; ConnectCallback called {connects} times";
    }
    catch (RpcException failed)
    {
        return $"{failed.StatusCode}: {failed.Status.Detail}; ConnectCallback called {connects} times";
    }
}
CS

dotnet build --nologo -v quiet >build.log 2>&1 || { cat build.log; exit 1; }
http_proxy=http://127.0.0.1:9 dotnet bin/Debug/net10.0/finding.dll || { echo 'the behaviour has changed'; exit 1; }
