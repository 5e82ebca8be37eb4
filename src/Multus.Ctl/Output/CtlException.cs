namespace Multus.Ctl.Output;

/// <summary>A question that cannot be answered: what was tried, on what, and what would do.</summary>
internal sealed class CtlException : Exception
{
    public CtlException() { }

    public CtlException(string message)
        : base(message) { }

    public CtlException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <summary>One of <see cref="Ctl.ExitCode"/>.</summary>
    public int ExitCode { get; init; } = Ctl.ExitCode.NoAnswer;
}
