#!/bin/sh
# .NET 10 on Linux (10.0.12 when this was written): X509Chain.Build throws where the process has no HOME in its environment and its user is not in /etc/passwd, or there is no such
# file, although the chain is checked with a root of its own (CustomRootTrust) and needs nothing of the user's. SslStream says "The SSL connection could not be
# established", and its inner exception "No such file or directory", with no path. Expected: no certificates of the user's, and a chain. A container runtime may start a CNI
# plugin without HOME, on a node that has no /etc/passwd.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 "$folder"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

cat >finding.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
</Project>
XML

cat >Program.cs <<'CS'
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
var request = new CertificateRequest("CN=a root", key, HashAlgorithmName.SHA256);
request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
using var root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
using var chain = new X509Chain();
chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
chain.ChainPolicy.CustomTrustStore.Add(root);
chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
try
{
    Console.WriteLine($"{Environment.Version}, HOME {Environment.GetEnvironmentVariable("HOME") ?? "unset"}: Build says {chain.Build(root)}");
    return 0;
}
catch (Exception e)
{
    Console.WriteLine($"{Environment.Version}, HOME {Environment.GetEnvironmentVariable("HOME") ?? "unset"}: {e.GetType().Name}: {e.Message}");
    return 3;
}
CS

dotnet build -c Release -v q --nologo -o out >build.log 2>&1 || { cat build.log; exit 1; }
chmod -R a+rX .
dotnet=$(readlink -f "$(command -v dotnet)")

# A user who is in no /etc/passwd.
run() { setpriv --reuid 54321 --regid 54321 --clear-groups env -i DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_ROOT="$(dirname "$dotnet")" "$@" "$dotnet" out/finding.dll; }

without=0
run || without=$?
with=0
run HOME=/ || with=$?
if [ "$without" -eq 3 ] && [ "$with" -eq 0 ]; then
    echo 'seen: without HOME the chain cannot be built, with any HOME it can'
else
    echo "changed: without HOME the program ended with $without, with HOME=/ with $with"
    exit 1
fi
