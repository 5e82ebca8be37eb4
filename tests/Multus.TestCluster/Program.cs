using System.Text.Json.Nodes;
using Multus.TestCluster.Objects;

namespace Multus.TestCluster;

/// <summary>
/// The API server as a process: <c>dotnet Multus.TestCluster.dll FOLDER</c> writes a kubeconfig of a user who may do
/// everything into the folder, prints its path as soon as the server listens, and ends with its input. It has one node,
/// and kubectl works with it.
/// </summary>
internal static class Program
{
    private const int Usage = 64;

    public static async Task<int> Main(string[] args)
    {
        if (args is not [var folder])
        {
            await Console.Error.WriteLineAsync("usage: dotnet Multus.TestCluster.dll FOLDER");
            return Usage;
        }

        await using var server = await TestApiServer.StartAsync();
        server.Objects.Create(
            ResourceType.Nodes,
            new JsonObject { ["metadata"] = new JsonObject { ["name"] = "node-1" } }
        );
        await Console.Out.WriteLineAsync(server.FilesIn(folder).KubeconfigWithToken(server.Access.IssueToken()));
        await Console.In.ReadToEndAsync();
        return 0;
    }
}
