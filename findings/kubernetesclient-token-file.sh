#!/bin/sh
# KubernetesClient 21.0.8 (NuGet, .NET 10): a kubeconfig whose user has a "tokenFile" and nothing else, which kubectl and every client-go program read, is refused:
# "User: u does not have appropriate auth credentials in kubeconfig". The key is not in the library's model of the file. Expected: the token that is in the file,
# read again when it changes, or an exception that says that tokenFile is not supported.
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
    <PackageReference Include="KubernetesClient" Version="[21.0.8]" />
  </ItemGroup>
</Project>
XML

printf 'a-token-from-a-file\n' >token.txt
cat >kubeconfig <<'YAML'
apiVersion: v1
kind: Config
clusters:
- name: c
  cluster: {server: "https://127.0.0.1:6443"}
users:
- name: u
  user: {tokenFile: token.txt}
contexts:
- name: x
  context: {cluster: c, user: u}
current-context: x
YAML

cat >Program.cs <<'CS'
using k8s;
using k8s.Exceptions;

try
{
    var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(args[0]);
    Console.WriteLine($"changed: it was read; AccessToken is {configuration.AccessToken ?? "null"}, TokenProvider is {configuration.TokenProvider?.GetType().Name ?? "null"}");
    return 1;
}
catch (Exception e)
{
    var isAsSeen = e is KubeConfigException && e.Message.Contains("does not have appropriate auth credentials") && !e.Message.Contains("tokenFile");
    Console.WriteLine($"{(isAsSeen ? "seen" : "changed")}: {e.GetType().Name}: {e.Message}");
    return isAsSeen ? 0 : 1;
}
CS

echo "KubernetesClient 21.0.8, kubeconfig with user.tokenFile"
dotnet run -c Release -v q -- "$folder/kubeconfig"
