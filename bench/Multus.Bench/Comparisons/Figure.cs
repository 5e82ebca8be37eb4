using Multus.Bench.Runs;

namespace Multus.Bench.Comparisons;

/// <summary>One figure of both builds: a sample of each in every round, taken next to each other.</summary>
/// <param name="what">What it is, with its unit.</param>
/// <param name="limit">Null when no goal is set for it.</param>
/// <param name="isRate">Whether more is better.</param>
internal sealed class Figure(string what, Limit? limit, bool isRate = false)
{
    private const double Least = 0.01; // a difference below one in a hundred is nobody's gain

    private readonly List<double> _before = [];
    private readonly List<double> _now = [];

    public string What => what;

    public Limit? Limit => limit;

    public IReadOnlyList<double> BeforeSamples => _before;

    public IReadOnlyList<double> NowSamples => _now;

    public bool IsMeasured => _now.Count > 0;

    public double Before => Median.Of(_before);

    public double Now => Median.Of(_now);

    /// <summary>Of the medians; not a finite number when the other build's is 0.</summary>
    public double Ratio => Now / Before;

    /// <summary>The ratio of each round: how far they lie apart is how much the machine disturbed.</summary>
    public IEnumerable<double> RatioOfRounds => _now.Zip(_before, (now, before) => now / before);

    /// <summary>Null when there is no goal.</summary>
    public bool? IsMet => limit is not null && IsMeasured ? limit.IsMet(Ratio, Now) : null;

    /// <summary>"better", "worse", or "" when the spread allows neither word.</summary>
    public string Verdict
    {
        get
        {
            if (!IsMeasured || !double.IsFinite(Ratio) || Math.Abs(Ratio - 1) < Least)
                return "";
            if (SignTest.Probability(RatioOfRounds.Where(double.IsFinite)) >= SignTest.Level)
                return "";
            return Ratio < 1 == isRate ? "worse" : "better";
        }
    }

    public void Add(double before, double now)
    {
        _before.Add(before);
        _now.Add(now);
    }
}
