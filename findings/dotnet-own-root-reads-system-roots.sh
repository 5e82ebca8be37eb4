#!/bin/sh
# .NET 10 on Linux (10.0.12 when this was written): X509Chain.Build with TrustMode CustomRootTrust, so that nothing of the system's counts, all the same reads every certificate that the
# system trusts, once in a process: with Debian's ca-certificates some 145 files, for tens of milliseconds of CPU. SslStream does so for each first connection, also with a
# CertificateChainPolicy of one's own. A program that runs for one request, as a CNI plugin does, pays that each time. Expected: with roots of one's own, none of the system's is opened.
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
</Project>
XML

cat >Program.cs <<'CS'
using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
var request = new CertificateRequest("CN=a root", key, HashAlgorithmName.SHA256);
request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
using var root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
for (var i = 0; i < 2; i++)
{
    using var chain = new X509Chain();
    chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
    chain.ChainPolicy.CustomTrustStore.Add(root);
    chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
    var before = Process.GetCurrentProcess().TotalProcessorTime;
    var built = chain.Build(root);
    Console.WriteLine($"{Environment.Version}: Build {i + 1} says {built}, after {(Process.GetCurrentProcess().TotalProcessorTime - before).TotalMilliseconds:0} ms of CPU");
}
CS

# A folder of trusted certificates of its own, so that it can be seen whether somebody reads it: the time of the last access, which this file system has to note.
mkdir trusted
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out trusted/one.pem -days 2 -subj '/CN=somebody' 2>/dev/null
old() { touch -a -d '2 days ago' trusted/one.pem; stat -c %X trusted/one.pem; }
dotnet build -c Release -v q --nologo -o out >build.log 2>&1 || { cat build.log; exit 1; }

before=$(old)
cat trusted/one.pem >/dev/null
[ "$(stat -c %X trusted/one.pem)" != "$before" ] || { echo 'this file system notes no times of access: nothing can be seen here'; exit 1; }

dotnet out/finding.dll
before=$(old)
SSL_CERT_DIR=$folder/trusted SSL_CERT_FILE=$folder/none dotnet out/finding.dll
if [ "$(stat -c %X trusted/one.pem)" = "$before" ]; then
    echo 'changed: a chain with a root of its own was built without a look at what the system trusts'
    exit 1
fi
echo 'seen: what the system trusts is read for a chain in which it cannot count'
