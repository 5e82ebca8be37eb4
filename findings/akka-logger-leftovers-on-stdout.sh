#!/bin/sh
# Akka 1.5.74 (NuGet, .NET 10): log events that a logger has not taken yet when the system ends are printed to stdout, also with stdout-loglevel = OFF. So does a
# program whose stdout is data, and whose log goes elsewhere, find lines of its log there. Expected: nothing on stdout.
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
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

var system = ActorSystem.Create("finding", ConfigurationFactory.ParseString("""
    akka {
      stdout-loglevel = OFF
      loglevel = INFO
      loggers = ["Busy, finding"]
    }
    """));
for (var i = 0; i < 5; i++)
    system.Log.Info("line {0}", i);
await system.Terminate();

/// <summary>Takes its first line, and is busy with it until the system has gone on without it.</summary>
public sealed class Busy : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    public Busy()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(_ => Thread.Sleep(1000));
    }
}
CS

dotnet build --nologo -v quiet >build.log 2>&1 || { cat build.log; exit 1; }
dotnet bin/Debug/net10.0/finding.dll >stdout
echo 'Akka 1.5.74, stdout-loglevel = OFF, a logger that is busy when the system ends. On stdout:'
cat stdout
grep -q '\[INFO\].*line [0-9]' stdout || { echo 'the behaviour has changed: no line of the log is there'; exit 1; }
