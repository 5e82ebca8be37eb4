using System.Text.RegularExpressions;
using Multus.ActorKernel.Event;

namespace Multus.ActorKernel.TestKit;

/// <summary>Says which events a test waits for or mutes. Criteria that are left out hold for all.</summary>
public sealed class EventFilterFactory
{
    private readonly TestKitBase _kit;
    private readonly ActorSystem _system;
    private readonly IReadOnlyList<Func<object, bool>> _before;

    internal EventFilterFactory(TestKitBase kit, ActorSystem system, IReadOnlyList<Func<object, bool>>? before = null)
    {
        _kit = kit;
        _system = system;
        _before = before ?? [];
    }

    /// <summary>Error events with such an exception.</summary>
    public IEventFilterApplier Exception<TException>(string? message = null, string? start = null, string? contains = null, string? source = null)
        where TException : Exception => Exception(typeof(TException), message, start, contains, source);

    public IEventFilterApplier Exception<TException>(Regex pattern, string? source = null)
        where TException : Exception => Applier(IsError(typeof(TException), pattern.IsMatch, source));

    public IEventFilterApplier Exception(
        Type exceptionType, string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Applier(IsError(exceptionType, TextMatch(message, start, contains), source));

    public IEventFilterApplier Error(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(LogLevel.ErrorLevel, message, start, contains, source);

    public IEventFilterApplier Error(Regex pattern, string? source = null) => ForLogLevel(LogLevel.ErrorLevel, pattern, source);

    public IEventFilterApplier Warning(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(LogLevel.WarningLevel, message, start, contains, source);

    public IEventFilterApplier Warning(Regex pattern, string? source = null) => ForLogLevel(LogLevel.WarningLevel, pattern, source);

    public IEventFilterApplier Info(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(LogLevel.InfoLevel, message, start, contains, source);

    public IEventFilterApplier Info(Regex pattern, string? source = null) => ForLogLevel(LogLevel.InfoLevel, pattern, source);

    public IEventFilterApplier Debug(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(LogLevel.DebugLevel, message, start, contains, source);

    public IEventFilterApplier Debug(Regex pattern, string? source = null) => ForLogLevel(LogLevel.DebugLevel, pattern, source);

    public IEventFilterApplier ForLogLevel(
        LogLevel logLevel, string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Applier(IsLine(logLevel, TextMatch(message, start, contains), source));

    public IEventFilterApplier ForLogLevel(LogLevel logLevel, Regex pattern, string? source = null) => Applier(IsLine(logLevel, pattern.IsMatch, source));

    public IEventFilterApplier Custom(Predicate<LogEvent> predicate) => Applier(@event => @event is LogEvent line && predicate(line));

    public IEventFilterApplier Custom<TLogEvent>(Predicate<TLogEvent> predicate)
        where TLogEvent : LogEvent => Applier(@event => @event is TLogEvent line && predicate(line));

    public IEventFilterApplier DeadLetter() => Applier(@event => @event is DeadLetter);

    public IEventFilterApplier DeadLetter<TMessage>(string? source = null) => DeadLetter<TMessage>(_ => true, source);

    public IEventFilterApplier DeadLetter<TMessage>(Func<TMessage, bool> isMatch, string? source = null) => Applier(@event =>
        @event is DeadLetter { Message: TMessage message } letter && isMatch(message) && IsFrom(source, letter.Recipient.Path.ToString()));

    private static Func<object, bool> IsLine(LogLevel level, Func<string, bool> isText, string? source) => @event =>
        @event is LogEvent line && line.LogLevel() == level && IsFrom(source, line.LogSource)
        && (isText(line.Message.ToString()!) || (line.Cause is { } cause && isText(cause.Message)));

    private static Func<object, bool> IsError(Type exceptionType, Func<string, bool> isText, string? source) => @event =>
        @event is Error { Cause: { } cause } line && exceptionType.IsInstanceOfType(cause) && IsFrom(source, line.LogSource)
        && (isText(line.Message.ToString()!) || isText(cause.Message));

    private static Func<string, bool> TextMatch(string? message, string? start, string? contains) => text =>
        (message is null || text == message)
        && (start is null || text.StartsWith(start, StringComparison.Ordinal))
        && (contains is null || text.Contains(contains, StringComparison.Ordinal));

    private static bool IsFrom(string? wanted, string source) => wanted is null || source == wanted || source.EndsWith(wanted, StringComparison.Ordinal);

    private EventFilterApplier Applier(Func<object, bool> isMatch) => new(_kit, _system, [.. _before, isMatch]);
}
