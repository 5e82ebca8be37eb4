#!/bin/sh
# Kestrel (ASP.NET Core 10): RequestHeadersTimeout is not enforced while the server stops. A client that has sent half of its headers and then nothing is cut off
# in time while the server runs; when the server is told to stop, the same connection holds up StopAsync until its cancellation token says to give up.
# Expected: the time limit holds during the stop, too.
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
  </ItemGroup>
</Project>
XML

cat >Program.cs <<'CS'
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

var headersTimeout = TimeSpan.FromSeconds(2);
var shutdown = TimeSpan.FromSeconds(20);
var socket = Path.Combine(Directory.GetCurrentDirectory(), "server.sock");
var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
{
    options.Limits.RequestHeadersTimeout = headersTimeout;
    options.ListenUnixSocket(socket);
});
await using var server = builder.Build();
server.Run(context => context.Response.WriteAsync("well"));
await server.StartAsync();

var running = await SecondsUntilEnd(Connect());
var half = Connect();
await Task.Delay(500); // its bytes have been read
var watch = Stopwatch.StartNew();
using var late = new CancellationTokenSource(shutdown);
await server.StopAsync(late.Token);
var stop = watch.Elapsed.TotalSeconds;
half.Dispose();
Console.WriteLine($"ASP.NET Core of .NET {Environment.Version}, RequestHeadersTimeout {headersTimeout.TotalSeconds} s, half of a request's headers sent");
Console.WriteLine($"while the server runs: the connection is ended after {running:0.0} s");
Console.WriteLine($"StopAsync that may take {shutdown.TotalSeconds} s: ends after {stop:0.0} s");
return running < shutdown.TotalSeconds && stop >= shutdown.TotalSeconds - 0.5 ? 0 : 1;

Socket Connect()
{
    var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    client.Connect(new UnixDomainSocketEndPoint(socket));
    client.Send(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: finding\r\nAcce"));
    return client;
}

async Task<double> SecondsUntilEnd(Socket client)
{
    var watch = Stopwatch.StartNew();
    var buffer = new byte[4096];
    while (await client.ReceiveAsync(buffer) > 0)
    {
    }

    client.Dispose();
    return watch.Elapsed.TotalSeconds;
}
CS

dotnet build --nologo -v quiet >build.log 2>&1 || { cat build.log; exit 1; }
dotnet bin/Debug/net10.0/finding.dll || { echo 'the behaviour has changed'; exit 1; }
