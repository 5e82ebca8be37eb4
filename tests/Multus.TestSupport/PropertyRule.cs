using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Multus.TestSupport;

/// <summary>
/// Tries a rule on generated values. The seed is fixed, so that a failure is the same on the next run and on every
/// machine; MULTUS_PROPERTY_SEED is another one, for whoever wants to look further.
/// </summary>
public static class PropertyRule
{
    private const ulong Gamma = 0x9E3779B97F4A7C15; // any odd number does

    private static readonly ulong Seed = ulong.TryParse(
        Environment.GetEnvironmentVariable("MULTUS_PROPERTY_SEED"),
        out var seed
    )
        ? seed
        : 20_250_701;

    public static void Holds<T>(Gen<T> values, Func<T, bool> rule, int runs = 400) =>
        Check.One(
            Config
                .QuickThrowOnFailure.WithMaxTest(runs)
                .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(Seed, Gamma), FSharpOption<int>.None))),
            Prop.ForAll(values.ToArbitrary(), rule)
        );
}
