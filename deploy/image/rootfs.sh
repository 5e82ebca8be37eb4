#!/usr/bin/env bash
# Makes the root file system of the image: Debian's files that daemon and plugins need, and no more. No shell, no package manager.
# $1 architecture as Debian names it (amd64, arm64), $2 folder with multus-daemon, multus-shim, multus and multusctl for it, $3 folder that is made: root/ and packages.tsv.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source eng/common.sh
source eng/debian.sh

readonly Suite=bookworm
# What the daemon links (libssl3), and what plugins run when they are not run with the node's own root (chrootDir): ip, tc, bridge, nft, iptables, modprobe.
readonly Packages='libc6 libssl3 iproute2 nftables iptables kmod ca-certificates base-files
    libbpf1 libelf1 zlib1g libbsd0 libmd0 libcap2 libmnl0 libxtables12 libnftables1 libjansson4 libgmp10 libnftnl11 libedit2 libtinfo6 libip4tc2 libip6tc2
    libnetfilter-conntrack3 libnfnetlink0 libkmod2 liblzma5 libzstd1'
# Of those packages, with the libraries that these need. libssl and libcrypto are opened by the daemon at run time.
readonly Files='sbin/ip sbin/tc sbin/bridge bin/kmod usr/sbin/nft usr/sbin/xtables-nft-multi usr/sbin/xtables-legacy-multi
    usr/lib/TRIPLET/libssl.so.3 usr/lib/TRIPLET/libcrypto.so.3 usr/lib/TRIPLET/xtables etc/iproute2 etc/debian_version usr/lib/os-release'

# Everything that is an ELF file below $1 and what it needs is looked for in $2. $3 triplet
copy_with_libraries() {
    local queue=() file needed found interpreter
    mapfile -t queue < <(find "$1" -type f)
    while [ ${#queue[@]} -gt 0 ]; do
        file=${queue[0]} queue=("${queue[@]:1}")
        interpreter=$(readelf -l "$file" 2>/dev/null | sed -n 's#.*interpreter: /\(.*\)\]#\1#p') || interpreter='' # no ELF file
        if [ -n "$interpreter" ] && [ ! -e "$1/$interpreter" ]; then copy "$2" "$interpreter" "$1"; fi
        while IFS= read -r needed; do
            [ -z "$(find "$1" -name "$needed" -print -quit)" ] || continue
            found=$(find "$2/lib/$3" "$2/usr/lib/$3" -maxdepth 1 -name "$needed" -print -quit 2>/dev/null || true)
            [ -n "$found" ] || die "$file needs $needed, which no package of $0 has"
            copy "$2" "${found#"$2"/}" "$1"
            queue+=("$1/${found#"$2"/}")
        done < <(readelf -d "$file" 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
    done
}

# $1 from root, $2 path there, $3 to root. A link comes with what it leads to.
copy() {
    local target
    mkdir -p "$3/$(dirname "$2")"
    cp -a "$1/$2" "$3/$2"
    if [ -L "$1/$2" ]; then
        target=$(readlink "$1/$2")
        case "$target" in /*) target=${target#/} ;; *) target=$(dirname "$2")/$target ;; esac
        copy "$1" "$(realpath -ms --relative-to=/ "/$target")" "$3"
    fi
}

triplet() {
    case "$1" in
        amd64) say x86_64-linux-gnu ;;
        arm64) say aarch64-linux-gnu ;;
        *) die "there is no image for $1: amd64 and arm64" ;;
    esac
}

write_links() {
    local root=$1 name
    for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
        ln -s xtables-nft-multi "$root/usr/sbin/$name"
        ln -s xtables-nft-multi "$root/usr/sbin/${name/tables/tables-nft}"
        ln -s xtables-legacy-multi "$root/usr/sbin/${name/tables/tables-legacy}"
    done
    for name in modprobe lsmod; do ln -s /bin/kmod "$root/sbin/$name"; done
    ln -s ../run "$root/var/run" # runtimes name sandboxes by either

    # The paths at which upstream's manifests find its programs.
    mkdir -p "$root/usr/src/multus-cni/bin"
    for name in multus-daemon multus-shim multus; do ln -s "/usr/local/bin/$name" "$root/usr/src/multus-cni/bin/$name"; done
    for name in install_multus kubeconfig_generator cert-approver; do
        ln -s /usr/local/bin/multus-daemon "$root/usr/src/multus-cni/bin/$name"
        ln -s /usr/local/bin/multus-daemon "$root/$name"
    done
    ln -s /usr/local/bin/multus "$root/usr/src/multus-cni/bin/thin_entrypoint"
    ln -s /usr/local/bin/multus "$root/thin_entrypoint"
    ln -s /usr/local/bin/multus "$root/entrypoint.sh"
}

main() {
    local arch=$1 programs=$2 out=$3 deb file triplet
    triplet=$(triplet "$arch")
    command -v readelf >/dev/null || die 'readelf is missing: install binutils'
    rm -rf "$out"
    mkdir -p "$out/debs" "$out/packages" "$out/root"
    out=$(cd "$out" && pwd) programs=$(cd "$programs" && pwd)
    open_archive "$out/apt" "$Suite" "$arch" "the files of the image"
    # shellcheck disable=SC2086 # a list
    download_packages "$out/debs" $Packages
    for deb in "$out"/debs/*.deb; do
        dpkg-deb -x "$deb" "$out/packages" || die "$deb cannot be unpacked"
        dpkg-deb -W --showformat '${Package}\t${Version}\t${Architecture}\n' "$deb"
    done | sort >"$out/packages.tsv"

    (cd "$out/root" && mkdir -p usr/local/bin usr/sbin usr/bin usr/lib usr/lib64 tmp run var proc sys dev etc/ssl/certs && chmod 1777 tmp)
    for file in bin sbin lib lib64; do ln -s "usr/$file" "$out/root/$file"; done
    for file in multus-daemon multus-shim multus multusctl; do
        [ -x "$programs/$file" ] || die "$programs has no $file: ./build.sh publish makes it"
        install -m 0755 "$programs/$file" "$out/root/usr/local/bin/$file"
    done
    for file in $Files; do copy "$out/packages" "${file/TRIPLET/$triplet}" "$out/root"; done
    copy_with_libraries "$out/root" "$out/packages" "$triplet"
    find "$out/packages/usr/share/ca-certificates" -name '*.crt' -print0 | sort -z | xargs -0 cat >"$out/root/etc/ssl/certs/ca-certificates.crt"
    ln -sf ../usr/lib/os-release "$out/root/etc/os-release"
    printf 'root:x:0:0:root:/:/usr/sbin/nologin\n' >"$out/root/etc/passwd"
    write_links "$out/root"
    rm -rf "$out/apt" "$out/debs" "$out/packages"
}

[ $# -eq 3 ] || die "usage: $0 amd64|arm64 FOLDER-WITH-PROGRAMS OUTPUT-FOLDER"
main "$@"
