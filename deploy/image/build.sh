#!/usr/bin/env bash
# Builds the image as an OCI archive, without a container engine: artifacts/image/multus-ARCH.oci.tar, with its list of contents (SPDX) beside it.
#   deploy/image/build.sh [--arch amd64|arm64] [--tag TAG] [--programs FOLDER]
# Import it with: ctr -n k8s.io images import FILE. The same sources give the same digest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source eng/common.sh

readonly LimitBytes=60000000 # compressed: every node pulls it before its first pod
arch=amd64 tag=multus:dev programs=''

while [ $# -gt 0 ]; do
    case "$1" in
        --arch) arch=${2:?--arch needs amd64 or arm64}; shift 2 ;;
        --tag) tag=${2:?--tag needs NAME:TAG}; shift 2 ;;
        --programs) programs=${2:?--programs needs a folder}; shift 2 ;;
        *) die "usage: deploy/image/build.sh [--arch amd64|arm64] [--tag TAG] [--programs FOLDER]" ;;
    esac
done

machine_for_images() {
    local missing=()
    command -v umoci >/dev/null || missing+=(umoci)
    command -v readelf >/dev/null || missing+=(binutils)
    [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || missing+=(debian-archive-keyring)
    install_missing
}

# $1 root, $2 archive. The same files give the same bytes.
layer() { tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=gnu -C "$1" -cf "$2" .; }

nuget_packages() {
    awk -F'"' '/^      "/ { name = $2 } /"resolved":/ { print name "\t" $4 }' src/Multus.{Host,Thin,Shim,Ctl}/packages.lock.json | sort -u
}

# SPDX 2.3. $1 packages.tsv, $2 name of the image, $3 its digest
spdx() {
    {
        awk -F'\t' -v OFS='\t' '{ print $1, $2, "pkg:deb/debian/" $1 "@" $2 "?arch=" $3 }' "$1"
        nuget_packages | awk -F'\t' -v OFS='\t' '{ print $1, $2, "pkg:nuget/" $1 "@" $2 }'
    } | awk -F'\t' -v image="$2" -v digest="$3" '
        BEGIN {
            printf "{\n  \"spdxVersion\": \"SPDX-2.3\",\n  \"dataLicense\": \"CC0-1.0\",\n  \"SPDXID\": \"SPDXRef-DOCUMENT\",\n"
            printf "  \"name\": \"%s\",\n  \"documentNamespace\": \"https://spdx.org/spdxdocs/multus-%s\",\n", image, substr(digest, 8)
            printf "  \"creationInfo\": { \"created\": \"1970-01-01T00:00:00Z\", \"creators\": [\"Tool: deploy/image/build.sh\"] },\n  \"packages\": ["
        }
        {
            printf "%s\n    { \"SPDXID\": \"SPDXRef-%d\", \"name\": \"%s\", \"versionInfo\": \"%s\", \"downloadLocation\": \"NOASSERTION\", ", (NR > 1 ? "," : ""), NR, $1, $2
            printf "\"externalRefs\": [{ \"referenceCategory\": \"PACKAGE-MANAGER\", \"referenceType\": \"purl\", \"referenceLocator\": \"%s\" }] }", $3
        }
        END { printf "\n  ]\n}\n" }'
}

main() {
    local out=artifacts/image/$arch layout=artifacts/image/$arch/layout archive=artifacts/image/multus-$arch.oci.tar digest size name=${tag##*:}
    case "${tag##*/}" in *?:?*) ;; *) die "--tag needs NAME:TAG; found $tag" ;; esac
    machine_for_images
    [ -n "$programs" ] || programs=$([ "$arch" = amd64 ] && say artifacts || say "artifacts/$arch")
    deploy/image/rootfs.sh "$arch" "$programs" "$out"
    layer "$out/root" "$out/layer.tar"
    umoci init --layout "$layout"
    umoci new --image "$layout:$name"
    umoci raw add-layer --image "$layout:$name" --no-history "$out/layer.tar"
    umoci config --image "$layout:$name" --no-history --created 1970-01-01T00:00:00Z --os linux --architecture "$arch" \
        --config.entrypoint /usr/local/bin/multus-daemon --config.env PATH=/usr/local/bin:/usr/sbin:/usr/bin --config.workingdir / \
        --config.label org.opencontainers.image.title=multus --config.label org.opencontainers.image.licenses=Apache-2.0
    umoci gc --layout "$layout"
    # The whole name, for who imports it.
    sed -i "s|\"org.opencontainers.image.ref.name\":\"$name\"|\"io.containerd.image.name\":\"$(full_name "$tag")\",&|" "$layout/index.json"
    digest=$(sed -n 's/.*"digest":"\(sha256:[0-9a-f]*\)".*/\1/p' "$layout/index.json")
    layer "$layout" "$archive"
    spdx "$out/packages.tsv" "$tag" "$digest" >"artifacts/image/multus-$arch.spdx.json"
    size=$(stat -c %s "$archive")
    rm -rf "$out/layer.tar" "$layout"
    printf '  %s   %s   %.1f MB   %s\n  contents: %s, %s entries\n' "$archive" "$digest" "$(size_mb "$size")" "$tag" \
        "artifacts/image/multus-$arch.spdx.json" "$(grep -c SPDXRef-[0-9] "artifacts/image/multus-$arch.spdx.json")"
    [ "$size" -le "$LimitBytes" ] || die "$archive has $size bytes, its limit is $LimitBytes"
}

# As containerd names it.
full_name() { case "$1" in */*) say "$1" ;; *) say "docker.io/library/$1" ;; esac; }

size_mb() { awk -v bytes="$1" 'BEGIN { print bytes / 1000000 }'; }

main
