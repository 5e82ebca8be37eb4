#!/bin/sh
# KubernetesClient 21.0.8 (NuGet, .NET 10): the arguments of a kubeconfig's exec credential plugin are joined with spaces and split again, so an argument that has a
# space in it reaches the plugin as two. kubectl and every client-go program hand on each argument as it is. Expected: one argument, "with space".
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

cat >plugin.sh <<SH
#!/bin/sh
echo \$# >>'$folder/counts'
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t"}}'
SH
chmod +x plugin.sh

cat >kubeconfig <<YAML
apiVersion: v1
kind: Config
clusters:
- name: c
  cluster: {server: "https://127.0.0.1:6443"}
users:
- name: u
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: $folder/plugin.sh
      args: ["with space"]
      interactiveMode: Never
contexts:
- name: x
  context: {cluster: c, user: u}
current-context: x
YAML

cat >Program.cs <<'CS'
using k8s;

var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(args[0]);
if (configuration.TokenProvider is { } provider)
    await provider.GetAuthenticationHeaderAsync(default);
CS

echo "KubernetesClient 21.0.8, kubeconfig with exec.args of one argument that has a space"
dotnet run -c Release -v q -- "$folder/kubeconfig"
count=$(head -n 1 counts)
if [ "$count" = 2 ]; then
  echo "seen: the plugin got 2 arguments"
else
  echo "changed: the plugin got $count"
  exit 1
fi
