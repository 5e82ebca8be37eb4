namespace Multus.Ctl;

/// <summary>How multusctl ends, for scripts.</summary>
internal static class ExitCode
{
    /// <summary>The question was answered, and nothing is wrong.</summary>
    public const int Success = 0;

    /// <summary>The question was answered: something is wrong.</summary>
    public const int Trouble = 1;

    /// <summary>The question could not be answered: nobody was there, or there is nothing of that name.</summary>
    public const int NoAnswer = 2;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 64;
}
