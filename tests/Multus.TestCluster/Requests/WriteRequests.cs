using System.Text.Json.Nodes;
using Multus.TestCluster.Access;
using Multus.TestCluster.Certificates;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Patches;
using Multus.TestCluster.Statuses;

namespace Multus.TestCluster.Requests;

/// <summary>Create, update, patch and delete.</summary>
internal sealed class WriteRequests(ObjectStore objects, RequestSigner signer, TestApiServerSettings settings)
{
    private const string MergePatchType = "application/merge-patch+json";
    private const string StrategicPatchType = "application/strategic-merge-patch+json";
    private const string StatusPart = "status";

    /// <summary>What a writer of the status may not touch, and what a writer of the rest may not.</summary>
    private static readonly string[] SpecParts = ["spec"];

    private static readonly string[] StatusParts = [StatusPart];

    public StoredObject Create(ApiRequest request, ApiTarget target, Requester requester)
    {
        request.RequireJson();
        var content = request.BodyObject();
        var metadata = ObjectStore.MetadataOf(content);
        RequirePlace(target, metadata, mayLackName: true);
        if (target.Type.IsNamespaced)
            metadata["namespace"] = target.Namespace;
        if (ObjectStore.TextOf(metadata, "name") is null && ObjectStore.TextOf(metadata, "generateName") is { } prefix)
            metadata["name"] = prefix + Guid.NewGuid().ToString("N")[..5];
        if (string.IsNullOrEmpty(ObjectStore.TextOf(metadata, "name")))
            throw new ApiException(ApiStatus.BadRequest("name or generateName is required"));
        if (!string.IsNullOrEmpty(ObjectStore.TextOf(metadata, "resourceVersion")))
            throw new ApiException(ApiStatus.BadRequest("resourceVersion should not be set on objects to be created"));
        metadata.Remove("uid");
        if (target.Type != ResourceType.SigningRequests)
            return objects.Create(target.Type, content);
        SigningRequestForm.Prepare(content, requester);
        return signer.Made(objects.Create(target.Type, content));
    }

    public StoredObject Update(ApiRequest request, ApiTarget target)
    {
        request.RequireJson();
        var content = request.BodyObject();
        RequirePlace(target, ObjectStore.MetadataOf(content), mayLackName: false);
        var updated = objects.Update(
            target.Type,
            target.Namespace,
            target.Name,
            current =>
            {
                var metadata = ObjectStore.MetadataOf(content);
                if (ObjectStore.TextOf(metadata, "uid") is { Length: > 0 } uid && uid != current.Uid)
                    throw new ApiException(ApiStatus.UidPrecondition(target.Type, target.Name, uid, current.Uid));
                RequireVersion(target, metadata, current);
                return Settle(target, current, content);
            }
        );
        if (target.Subresource == SigningRequestForm.ApprovalPart)
            signer.Look(target.Name);
        return updated;
    }

    public StoredObject Patch(ApiRequest request, ApiTarget target)
    {
        string[] accepted = target.Type.IsCustom ? [MergePatchType] : [MergePatchType, StrategicPatchType];
        if (!accepted.Contains(request.MediaType))
            throw new ApiException(ApiStatus.UnsupportedMediaType(accepted)); // the real server takes JSON patch and apply too
        var patch = request.BodyObject();
        if (request.MediaType == StrategicPatchType && MergePatch.StrategicPartOf(patch) is { } part)
            throw new ApiException(ApiStatus.BadRequest($"this test server merges maps only; the patch has {part}"));
        var patched = objects.Update(
            target.Type,
            target.Namespace,
            target.Name,
            current =>
            {
                var content = current.ToMutable();
                MergePatch.Apply(content, patch, isStrategic: request.MediaType == StrategicPatchType);
                var metadata = ObjectStore.MetadataOf(content);
                RequireSameIdentity(target, metadata, current);
                RequireVersion(target, metadata, current);
                return Settle(target, current, content);
            }
        );
        if (target.Subresource == SigningRequestForm.ApprovalPart)
            signer.Look(target.Name);
        return patched;
    }

    public StoredObject Delete(ApiRequest request, ApiTarget target)
    {
        var options = request.Body.Length == 0 ? [] : request.BodyObject();
        var uid = (options["preconditions"] as JsonObject)?["uid"]?.GetValue<string>();
        return objects.Delete(target.Type, target.Namespace, target.Name, uid);
    }

    /// <summary>Keeps the part that this endpoint does not write, and what nobody may write.</summary>
    private static JsonObject Settle(ApiTarget target, StoredObject current, JsonObject content)
    {
        var settled = content.DeepClone().AsObject();
        settled["kind"] = target.Type.Kind;
        settled["apiVersion"] = target.Type.ApiVersion;
        var old = current.ToMutable();
        if (target.Type == ResourceType.SigningRequests)
        {
            var status = SigningRequestForm.StatusAfter(target, old, settled);
            settled[StatusPart] = status ?? new JsonObject();
            Restore(settled, old, "spec");
        }
        else
        {
            RestoreParts(target, settled, old);
        }

        foreach (var field in (ReadOnlySpan<string>)["name", "namespace", "uid", "creationTimestamp", "managedFields"])
            Restore(ObjectStore.MetadataOf(settled), ObjectStore.MetadataOf(old), field);
        return Ordered(settled, old);
    }

    private static void RestoreParts(ApiTarget target, JsonObject settled, JsonObject old)
    {
        foreach (
            var part in target.Subresource == StatusPart ? SpecParts
            : target.Type.IsCustom ? []
            : StatusParts
        )
            Restore(settled, old, part);
    }

    /// <summary>Members in the order in which they were, so that the same content is the same object.</summary>
    private static JsonObject Ordered(JsonObject content, JsonObject old)
    {
        var ordered = new JsonObject();
        foreach (
            var name in old.Select(member => member.Key)
                .Concat(content.Select(member => member.Key))
                .Distinct()
                .Where(content.ContainsKey)
                .ToList()
        )
            ordered[name] = content[name]?.DeepClone();
        return ordered;
    }

    private static void Restore(JsonObject target, JsonObject source, string name)
    {
        if (source[name] is { } value)
            target[name] = value.DeepClone();
        else
            target.Remove(name);
    }

    private static void RequirePlace(ApiTarget target, JsonObject metadata, bool mayLackName)
    {
        var (ns, name) = (ObjectStore.TextOf(metadata, "namespace"), ObjectStore.TextOf(metadata, "name"));
        if (!string.IsNullOrEmpty(ns) && ns != target.Namespace)
            throw new ApiException(
                ApiStatus.BadRequest(
                    "the namespace of the provided object does not match the namespace sent on the request"
                )
            );
        if (!mayLackName && name != target.Name)
            throw new ApiException(
                ApiStatus.BadRequest(
                    $"the name of the object ({name}) does not match the name on the URL ({target.Name})"
                )
            );
    }

    private void RequireSameIdentity(ApiTarget target, JsonObject metadata, StoredObject current)
    {
        RequirePlace(target, metadata, mayLackName: false);
        var uid = ObjectStore.TextOf(metadata, "uid") ?? "";
        if (uid == current.Uid)
            return;
        throw new ApiException(
            settings.PatchOfAnotherUid == OtherUidAnswer.Conflict
                ? ApiStatus.UidPrecondition(target.Type, target.Name, uid, current.Uid)
                : ApiStatus.ImmutableField(target.Type, target.Name, "metadata.uid", uid)
        );
    }

    private static void RequireVersion(ApiTarget target, JsonObject metadata, StoredObject current)
    {
        var asked = ObjectStore.TextOf(metadata, "resourceVersion");
        if (!string.IsNullOrEmpty(asked) && asked != current.Text("metadata", "resourceVersion"))
            throw new ApiException(ApiStatus.Modified(target.Type, target.Name));
    }
}
