namespace Multus.Host.SelfTests;

/// <summary>Writes one line for each check, and remembers whether one failed.</summary>
internal sealed class Report(TextWriter output)
{
    public bool AllWork { get; private set; } = true;

    public async Task CheckAsync(string name, Func<Task> check)
    {
        try
        {
            await check();
            await output.WriteLineAsync($"{name}: ok");
        }
        catch (Exception failure) // whatever it is: it is what the line has to say
        {
            AllWork = false;
            await output.WriteLineAsync($"{name}: failed: {failure.GetType()}: {failure.Message}");
        }
    }
}

/// <summary>What a check asserts with.</summary>
internal static class Expect
{
    public static void That(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidOperationException(otherwise);
    }

    public static void Equal<T>(T expected, T found) =>
        That(Equals(expected, found), $"expected {expected}, found {found}");
}
