using System.Text;
using Multus.Cni.FrontEnd;

namespace Multus.Shim;

/// <summary>A CNI plugin has no arguments; a person at a shell may ask for the version.</summary>
internal static class CommandLine
{
    public static int Answer(string[] args)
    {
        if (args[0] is "-version" or "--version" or "-v" or "--v")
        {
            StandardStreams.Print(Encoding.UTF8.GetBytes(ShimVersion.Line + "\n"));
            return 0;
        }

        StandardStreams.Say(
            $"multus-shim: unknown argument '{args[0]}': there is -version; a CNI call is made through CNI_* "
                + "variables and stdin"
        );
        return 2;
    }
}
