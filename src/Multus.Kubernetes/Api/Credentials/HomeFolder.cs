namespace Multus.Kubernetes.Api.Credentials;

/// <summary>
/// The framework looks for the user's own certificates below the home folder whenever it checks a server's, and fails
/// with "No such file or directory" where it finds no such folder: without HOME, as a container runtime may start a
/// plugin, on a node that has no /etc/passwd, or with a user who is not in it
/// (findings/dotnet-certificate-chain-needs-a-home.sh).
/// </summary>
internal static class HomeFolder
{
    private const string Variable = "HOME";

    /// <summary>Gives this process one if it has none; it need not hold anything.</summary>
    public static void Ensure()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)))
#pragma warning disable RS0030 // not for a child: the framework reads it in this process
            Environment.SetEnvironmentVariable(Variable, "/");
#pragma warning restore RS0030
    }
}
