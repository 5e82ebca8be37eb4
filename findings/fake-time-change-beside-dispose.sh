#!/bin/sh
# Microsoft.Extensions.TimeProvider.Testing 10.11.0 (NuGet, .NET 10): a timer of FakeTimeProvider that one thread changes while another disposes of it may stay in the provider's list
# without its callback. The next Advance then throws NullReferenceException, far from the timer, in the test that moves the time. ITimer of the system's clock allows both at once: Change
# returns false. Seen in some hundred thousand attempts here; in a test of an HTTP client with many timers, in one of four runs. Expected: as the system's.
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
    <PackageReference Include="Microsoft.Extensions.TimeProvider.Testing" Version="[10.11.0]" />
  </ItemGroup>
</Project>
XML

cat >Program.cs <<'CS'
using Microsoft.Extensions.Time.Testing;

const int most = 3_000_000;
var time = new FakeTimeProvider();
ITimer timer = null!;
using var together = new Barrier(3);
var isDone = false;
Thread[] both = [Start(() => timer.Change(TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan)), Start(() => timer.Dispose())];
var seen = "";
var rounds = 0;
for (; rounds < most && seen.Length == 0; rounds++)
{
    timer = time.CreateTimer(static _ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    together.SignalAndWait();
    together.SignalAndWait();
    try
    {
        time.Advance(TimeSpan.FromMilliseconds(2));
    }
    catch (NullReferenceException e)
    {
        seen = $"NullReferenceException {e.StackTrace!.Split('\n')[0].Trim()}";
    }
}

isDone = true;
together.SignalAndWait();
foreach (var thread in both)
    thread.Join();
Console.WriteLine(seen.Length > 0 ? $"seen: Advance after {rounds} rounds: {seen}" : $"changed: nothing in {rounds} rounds");
return seen.Length > 0 ? 0 : 1;

Thread Start(Action work)
{
    var thread = new Thread(() =>
    {
        for (together.SignalAndWait(); !isDone; together.SignalAndWait())
        {
            try
            {
                work();
            }
            catch (NullReferenceException)
            {
                // Change itself may meet it, too; what counts is the Advance after it
            }

            together.SignalAndWait();
        }
    });
    thread.Start();
    return thread;
}
CS

echo "Microsoft.Extensions.TimeProvider.Testing 10.11.0"
dotnet run -c Release -v q
