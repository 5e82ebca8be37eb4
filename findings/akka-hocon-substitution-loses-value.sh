#!/bin/sh
# Akka 1.5.74 (NuGet, .NET 10): "a = 1" followed by "a = ${?NAME}", where NAME is set nowhere, leaves a without a value, and the setting after it is lost, too.
# Nothing is said. Expected, as in HOCON's specification: an optional substitution that has no value leaves the earlier value, 1, and b is 2.
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
    <PackageReference Include="Akka" Version="[1.5.74]" />
  </ItemGroup>
</Project>
XML

cat >Program.cs <<'CS'
using Akka.Configuration;

const string text = "a = 1\na = ${?FINDING_THAT_IS_SET_NOWHERE}\nb = 2";
var config = ConfigurationFactory.ParseString(text);
var (a, b) = (config.GetString("a", "none"), config.GetString("b", "none"));
Console.WriteLine("Akka 1.5.74, " + text.Replace("\n", " / "));
Console.WriteLine($"seen: a is '{a}', b is '{b}'; with a = 1 alone, a is '{ConfigurationFactory.ParseString("a = 1").GetString("a")}'");
return a == "1" && b == "2" ? 1 : 0;
CS

dotnet build --nologo -v quiet >build.log 2>&1 || { cat build.log; exit 1; }
dotnet bin/Debug/net10.0/finding.dll || { echo 'the behaviour has changed'; exit 1; }
