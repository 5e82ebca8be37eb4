#!/usr/bin/env bash
# Publishes multus-shim, multus-daemon, multus (the thin plugin) and multusctl as Native AOT binaries into artifacts/, their symbols into artifacts/symbols/.
# With --arch arm64 into artifacts/arm64/, by cross-compiling. Does nothing if no source has changed since the last time: the AOT compiler takes a minute even then.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source eng/common.sh

arch=amd64 force=
while [ $# -gt 0 ]; do
    case "$1" in
        --arch) arch=$2; shift 2 ;;
        --force) force=yes; shift ;;
        *) die "publish takes --arch amd64|arm64 and --force; found $1" ;;
    esac
done
case "$arch" in
    amd64) readonly Rid=linux-x64 Out=artifacts Cross=() ;;
    arm64)
        readonly Rid=linux-arm64 Out=artifacts/arm64
        readonly Cross=(-p:CppCompilerAndLinker=clang -p:LinkerFlavor=lld -p:ObjCopyName=aarch64-linux-gnu-objcopy)
        ;;
    *) die "there is no build for $arch: amd64 and arm64" ;;
esac
readonly ShimLimitBytes=4000000 # what a container runtime loads for every verb of every pod stays small: ../docs/decisions/0004-shim-http.md
readonly Stamp=$Out/.published

sources_stamp() {
    {
        dotnet --version
        find src eng/*.txt Directory.*.props global.json akka.hocon -type d \( -name bin -o -name obj -o -name node_modules \) -prune -o -type f -print0 |
            sort -z | xargs -0 sha256sum
    } | sha256sum
}

# $1 project folder, $2 name of the binary
publish_one() {
    local out="$Out/publish/$2" log="$Out/publish/$2.log" from=$EPOCHREALTIME
    rm -rf "$out"
    mkdir -p "$out" "$Out/symbols"
    say "publishing $2"
    dotnet publish "$1" -c Release -r "$Rid" -p:MultusAot=true "${Cross[@]}" -o "$out" --nologo -v minimal -clp:NoSummary >"$log" 2>&1 ||
        { cat "$log" >&2; die "publishing $2 failed (log: $log)"; }
    refuse_il_warnings "$2" "$log" || {
        rm -rf "artifacts/build/obj/$(basename "$1")/release_$Rid/native" # or the next attempt would find it made, and say nothing
        die "publishing $2 gave this warning, which eng/publish.sh does not let pass (log: $log)"
    }
    [ -x "$out/$2" ] || die "dotnet publish made no $out/$2 (log: $log)"
    [ ! -e "$out/$2.dbg" ] || mv -f "$out/$2.dbg" "$Out/symbols/"
    cp -f "$out/$2" "$Out/$2.new"
    mv -f "$Out/$2.new" "$Out/$2" # by rename: the old one may be running
    printf '  %-14s %8.2f MB   %s s\n' "$2" "$(size_mb "$Out/$2")" "$(seconds_since "$from")"
}

# The compiler sums up what it found in a package in one warning: IL2104 for trimming, IL3053 for code that is made at run time. These packages may
# have them, in the binary named first: what is used of them works, because AkkaRoots.xml keeps it and the self-test of the published daemon runs it.
readonly MayWarn='
multus-daemon Akka
multus-daemon Akka.Hosting
multus-daemon System.Configuration.ConfigurationManager
'

# Every other warning is refused, those of our own code before all. Warnings are errors already; this finds what a NoWarn or a summary lets through.
refuse_il_warnings() {
    local found line assembly
    found=$(grep -E '\bIL[0-9]{4}\b' "$2" | sort -u || true)
    while IFS= read -r line; do
        assembly=$(sed -nE "s/.*\bIL(2104|3053): Assembly '([^']+)'.*/\2/p" <<<"$line")
        [ -z "$line" ] || grep -qxF "$1 ${assembly:-none}" <<<"$MayWarn" || { echo "$line" >&2; return 1; }
    done <<<"$found"
}

size_mb() { awk -v bytes="$(stat -c %s "$1")" 'BEGIN { print bytes / 1000000 }'; }

are_there() { [ -x "$Out/multus-shim" ] && [ -x "$Out/multus-daemon" ] && [ -x "$Out/multus" ] && [ -x "$Out/multusctl" ]; }

main() {
    local stamp
    stamp=$(sources_stamp)
    if [ -z "$force" ] && are_there && [ "$stamp" = "$(cat "$Stamp" 2>/dev/null)" ]; then
        say "$Out/multus-shim, $Out/multus-daemon, $Out/multus and $Out/multusctl are up to date"
        return
    fi
    rm -f "$Stamp"
    publish_one src/Multus.Shim multus-shim
    publish_one src/Multus.Thin multus
    publish_one src/Multus.Host multus-daemon
    publish_one src/Multus.Ctl multusctl
    local size
    size=$(stat -c %s "$Out/multus-shim")
    [ "$size" -le "$ShimLimitBytes" ] || die "$Out/multus-shim has $size bytes, its limit is $ShimLimitBytes"
    printf '%s\n' "$stamp" >"$Stamp"
}

main
