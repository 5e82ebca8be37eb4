namespace Multus.Engine.Installation;

/// <summary>A step of an installation that could not be done: what was tried, on what, and what would do.</summary>
public sealed class InstallException(string message, Exception? inner = null) : Exception(message, inner);
