namespace Multus.Bench.Runs;

/// <summary>
/// Who comes when: forwards in even turns, backwards in odd ones, so that what a machine gets faster or slower by falls
/// on all alike.
/// </summary>
internal static class Turns
{
    public static IEnumerable<int> Of(int count, int turn)
    {
        var forwards = Enumerable.Range(0, count);
        return turn % 2 == 0 ? forwards : forwards.Reverse();
    }
}
