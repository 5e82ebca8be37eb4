using System.Collections.Concurrent;
using System.Security.Cryptography;
using Multus.TestCluster.Requests;
using Multus.TestCluster.Statuses;

namespace Multus.TestCluster.Access;

/// <summary>
/// Who is let in, and what they may do: everything that no rule denies, or, for users with a role, what that allows of
/// it.
/// </summary>
public sealed class AccessBook
{
    private readonly ConcurrentDictionary<string, Requester> _users = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<DenyRule, byte> _denials = new();
    private readonly ConcurrentDictionary<string, IReadOnlyList<RoleRule>> _roles = new(StringComparer.Ordinal);

    /// <summary>A new bearer token of a user; earlier ones stay valid until they are revoked.</summary>
    public string IssueToken(string user = "system:serviceaccount:kube-system:multus")
    {
        var token = RandomNumberGenerator.GetHexString(40, lowercase: true);
        _users[token] = Requester.Of(user, []);
        return token;
    }

    /// <summary>
    /// From now on requests with the token are answered with 401. Streams that are open stay open, as with a real
    /// server.
    /// </summary>
    public void Revoke(string token) => _users.TryRemove(token, out _);

    /// <summary>Denies what the rule describes until the returned object is disposed.</summary>
    public IDisposable Deny(DenyRule rule)
    {
        _denials[rule] = 0;
        return new Lifting(() => _denials.TryRemove(rule, out _));
    }

    /// <summary>
    /// From now on the user may do what one of the rules allows, in every namespace, and nothing else: as a ClusterRole
    /// that is bound to it.
    /// </summary>
    public void AllowOnly(string user, IReadOnlyList<RoleRule> rules) => _roles[user] = rules;

    internal Requester? UserOf(string token) => _users.GetValueOrDefault(token);

    /// <exception cref="ApiException">403.</exception>
    internal void RequireAllowed(string user, ApiTarget target, string verb)
    {
        var resource =
            target.Subresource.Length == 0 ? target.Type.Plural : $"{target.Type.Plural}/{target.Subresource}";
        var isInRole =
            !_roles.TryGetValue(user, out var role) || role.Any(rule => rule.Covers(target.Type.Group, resource, verb));
        if (isInRole && !_denials.Keys.Any(rule => rule.Covers(user, target, verb)))
            return;
        var subject =
            target.Name.Length == 0
                ? $"{target.Type.QualifiedName} is"
                : $"{target.Type.QualifiedName} \"{target.Name}\" is";
        var where = target.Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace \"{target.Namespace}\"";
        throw new ApiException(
            ApiStatus.Forbidden(
                target.Type,
                target.Name,
                $"{subject} forbidden: User \"{user}\" cannot {verb} resource \"{resource}\" in API group \"{target.Type.Group}\" {where}"
            )
        );
    }

    /// <summary>Besides the update of the sub-resource, which is asked for with every request.</summary>
    /// <exception cref="ApiException">403.</exception>
    internal void RequireMayApprove(string user, ApiTarget target, string signer)
    {
        if (
            !_roles.TryGetValue(user, out var role)
            || role.Any(rule => rule.Covers(target.Type.Group, "signers", "approve"))
        )
            return;
        throw new ApiException(
            ApiStatus.Forbidden(
                target.Type,
                target.Name,
                $"{target.Type.QualifiedName} \"{target.Name}\" is forbidden: user not permitted to approve requests with signerName \"{signer}\""
            )
        );
    }

    private sealed class Lifting(Action lift) : IDisposable
    {
        public void Dispose() => lift();
    }
}

/// <summary>What is denied; each part that is <c>null</c> stands for all.</summary>
/// <param name="Verb">get, list, watch, create, update, patch, delete.</param>
/// <param name="Resource">The plural, with a subresource as <c>pods/status</c>; <c>pods</c> alone leaves
/// <c>pods/status</c> allowed.</param>
public sealed record DenyRule(
    string? Verb = null,
    string? Resource = null,
    string? Namespace = null,
    string? User = null
)
{
    internal bool Covers(string user, ApiTarget target, string verb)
    {
        var resource =
            target.Subresource.Length == 0 ? target.Type.Plural : $"{target.Type.Plural}/{target.Subresource}";
        return (Verb ?? verb) == verb
            && (Resource ?? resource) == resource
            && (Namespace ?? target.Namespace) == target.Namespace
            && (User ?? user) == user;
    }
}

/// <summary>
/// A rule of a Role, with the words of RBAC: lists of which each member counts with each of the others.
/// </summary>
public sealed record RoleRule(
    IReadOnlyList<string> ApiGroups,
    IReadOnlyList<string> Resources,
    IReadOnlyList<string> Verbs
)
{
    private const string All = "*";

    internal bool Covers(string group, string resource, string verb) =>
        Has(ApiGroups, group) && Has(Resources, resource) && Has(Verbs, verb);

    private static bool Has(IReadOnlyList<string> allowed, string one) =>
        allowed.Contains(one) || allowed.Contains(All);
}
