#!/bin/sh
# KubernetesClient 21.0.8 (NuGet, .NET 10): a watch from a resourceVersion that the server has forgotten is answered, as Kubernetes does, with one ERROR event
# that holds a Status of code 410. WatchList…Async without onError ends then like a watch whose time is up: no event, no exception. Who starts the next watch
# from the same version, as one does after an ordinary end, goes round for ever and hears nothing more. Expected: an exception, as for any other failure.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

cat >finding.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="KubernetesClient" Version="[21.0.8]" />
  </ItemGroup>
</Project>
XML

cat >Program.cs <<'CS'
using k8s;

var builder = WebApplication.CreateBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
await using var server = builder.Build();
server.MapGet("/api/v1/pods", async (HttpContext http) =>
{
    http.Response.ContentType = "application/json";
    await http.Response.WriteAsync("""{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"too old resource version: 1 (2)","reason":"Expired","code":410}}""" + "\n");
});
await server.StartAsync();

using var client = new Kubernetes(new KubernetesClientConfiguration { Host = server.Urls.Single() });
var events = 0;
try
{
    await foreach (var _ in client.CoreV1.WatchListPodForAllNamespacesAsync(resourceVersion: "1"))
        events++;
}
catch (Exception e)
{
    Console.WriteLine($"changed: {e.GetType().Name}: {e.Message}");
    return 1;
}

Console.WriteLine(events == 0 ? "seen: the watch has ended without an event and without an exception" : $"changed: {events} events");
return events == 0 ? 0 : 1;
CS

echo "KubernetesClient 21.0.8, watch of pods from a resourceVersion that is answered with 410"
dotnet run -c Release -v q
