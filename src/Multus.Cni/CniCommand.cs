namespace Multus.Cni;

/// <summary>The verbs of the specification, as CNI_COMMAND carries them.</summary>
public enum CniCommand
{
    Add,
    Del,
    Check,
    Gc,
    Status,
    Version,
}

/// <summary>How a <see cref="CniCommand"/> is spelled in CNI_COMMAND: capitals, nothing else is accepted.</summary>
public static class CniCommands
{
    public static string ToWire(this CniCommand command) =>
        command switch
        {
            CniCommand.Add => "ADD",
            CniCommand.Del => "DEL",
            CniCommand.Check => "CHECK",
            CniCommand.Gc => "GC",
            CniCommand.Status => "STATUS",
            CniCommand.Version => "VERSION",
            _ => throw new ArgumentOutOfRangeException(nameof(command), command, "not a CNI command"),
        };

    public static bool TryParse(string? text, out CniCommand command)
    {
        switch (text)
        {
            case "ADD":
                command = CniCommand.Add;
                return true;
            case "DEL":
                command = CniCommand.Del;
                return true;
            case "CHECK":
                command = CniCommand.Check;
                return true;
            case "GC":
                command = CniCommand.Gc;
                return true;
            case "STATUS":
                command = CniCommand.Status;
                return true;
            case "VERSION":
                command = CniCommand.Version;
                return true;
            default:
                command = default;
                return false;
        }
    }
}
