#!/bin/sh
# Akka 1.5.74 on .NET 10, Linux: starting an actor system loads OpenSSL (libssl and libcrypto, some 4 MB resident), in a program that has no TLS, no hash and no remoting. The seed of
# Akka.Util.ThreadLocalRandom, from which actors have their UIDs and temporary names, is one number of RandomNumberGenerator. Expected: a generator that is no secret is seeded without cryptography.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

cat >finding.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Akka" Version="[1.5.74]" />
  </ItemGroup>
</Project>
XML

cat >Program.cs <<'CS'
using Akka.Actor;

Console.WriteLine($"before the actor system: {Seen()}");
using var system = ActorSystem.Create("finding");
Console.WriteLine($"after it: {Seen()}");

static string Seen()
{
    var libraries = File.ReadLines("/proc/self/maps").Select(line => Path.GetFileName(line.Split(' ')[^1]));
    var found = libraries.Where(name => name.StartsWith("libssl", StringComparison.Ordinal) || name.StartsWith("libcrypto", StringComparison.Ordinal));
    return string.Join(" and ", found.Distinct().Order().DefaultIfEmpty("no OpenSSL"));
}
CS

dotnet build -c Release -v q --nologo -o out >build.log 2>&1 || { cat build.log; exit 1; }
seen=$(dotnet out/finding.dll)
printf '%s\n' "$seen"
case "$seen" in
    *'before the actor system: no OpenSSL'*'after it: libcrypto'*) echo 'seen: an actor system loads OpenSSL for the seed of a generator' ;;
    *) echo 'changed: an actor system starts without OpenSSL, or .NET has loaded it before'; exit 1 ;;
esac
