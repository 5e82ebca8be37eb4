using System.Collections.Immutable;

namespace Multus.Cni.Results;

/// <summary>From any version to any other, losing exactly what cni-runtime.md §8.3 says.</summary>
internal static class ResultConversion
{
    public static CniResult Convert(CniResult result, CniVersion target)
    {
        if (!result.Version.IsSupported || !target.IsSupported)
            throw Impossible($"no converter for CNI result version {result.Version} to {target}");

        return (result.Version.Family(), target.Family()) switch
        {
            (ResultFamily.A, ResultFamily.C) => WithoutFamilies(result, target),
            (ResultFamily.B, ResultFamily.A) => Flatten(result, target),
            (ResultFamily.B, ResultFamily.C) => WithoutFamilies(result, target),
            (ResultFamily.C, ResultFamily.A) => Flatten(WithFamilies(result, CniVersion.V040), target),
            (ResultFamily.C, ResultFamily.B) => WithFamilies(result, target),
            _ => result with { Version = target }, // a schema in itself, and A to B: only the place of things differs
        };
    }

    /// <summary>
    /// The first address of an IP version, by what the plugin said or, if asked to, by the address where it said
    /// nothing.
    /// </summary>
    public static CniIp? FirstOf(ImmutableArray<CniIp> ips, string family, bool isComputed = false)
    {
        foreach (var ip in ips)
        {
            if ((ip.Family ?? (isComputed ? AddressText.FamilyOf(ip.Address) : null)) == family)
                return ip;
        }

        return null;
    }

    private static CniResult Flatten(CniResult result, CniVersion target)
    {
        var v4 = FirstOf(result.Ips, AddressText.V4);
        var v6 = FirstOf(result.Ips, AddressText.V6);
        if (v4 is null && v6 is null)
            throw Impossible(
                $"cannot convert: no valid IP addresses in the {result.Version} result, and a {target} result is "
                    + "made of them"
            );

        var ips = ImmutableArray.CreateBuilder<CniIp>(2);
        var routes = ImmutableArray.CreateBuilder<CniRoute>();
        foreach (var ip in (ReadOnlySpan<CniIp?>)[v4, v6])
        {
            if (ip is null)
                continue;

            ips.Add(ip with { Interface = null });
            foreach (var route in result.Routes)
            {
                if (AddressText.FamilyOf(route.Dst) == ip.Family)
                    routes.Add(new CniRoute(route.Dst, route.Gw));
            }
        }

        return new CniResult(target, [], ips.DrainToImmutable(), routes.DrainToImmutable(), result.Dns);
    }

    private static CniResult WithoutFamilies(CniResult result, CniVersion target)
    {
        var ips = ImmutableArray.CreateBuilder<CniIp>(result.Ips.Length);
        foreach (var ip in result.Ips)
            ips.Add(ip with { Family = null });
        return result with { Version = target, Ips = ips.MoveToImmutable() };
    }

    private static CniResult WithFamilies(CniResult result, CniVersion target)
    {
        var ips = ImmutableArray.CreateBuilder<CniIp>(result.Ips.Length);
        foreach (var ip in result.Ips)
            ips.Add(ip with { Family = AddressText.FamilyOf(ip.Address) });

        var interfaces = ImmutableArray.CreateBuilder<CniInterface>(result.Interfaces.Length);
        foreach (var link in result.Interfaces)
            interfaces.Add(new CniInterface(link.Name, link.Mac, link.Sandbox));
        return result with { Version = target, Ips = ips.MoveToImmutable(), Interfaces = interfaces.MoveToImmutable() };
    }

    private static CniException Impossible(string message) => new(CniErrorCode.IncompatibleVersion, message);
}
