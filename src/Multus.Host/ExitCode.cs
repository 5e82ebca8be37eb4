namespace Multus.Host;

/// <summary>How the daemon's process ends, by the numbers of sysexits.h where they fit.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The daemon could not start, or a part of it failed for good.</summary>
    public const int Failure = 70;

    /// <summary>The daemon is not well, or not ready.</summary>
    public const int Unwell = 1;

    /// <summary>What was asked for would harm somebody: nothing was changed.</summary>
    public const int Refused = 75;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary>The configuration is wrong; every bad key was printed.</summary>
    public const int Configuration = 64;
}
