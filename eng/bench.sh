#!/usr/bin/env bash
# Measures the published binaries in a network namespace that plays the node; see bench/Multus.Bench for what and how.
# Namespaces, processes and files go away again, also when interrupted; artifacts/bench/latest.json stays.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source eng/common.sh

readonly Prefix="multus-bench-$$"
work='' bench_pid=''

clean_up() {
    trap - EXIT INT TERM
    if [ -n "$bench_pid" ] && kill -TERM "$bench_pid" 2>/dev/null; then
        wait "$bench_pid" || true
    fi
    stop_daemons
    ip netns list | awk -v prefix="$Prefix-" 'index($1, prefix) == 1 { print "netns del " $1 }' | ip -force -batch - || true
    [ -z "$work" ] || rm -rf "$work"
}

# Normally the driver has stopped its daemon; this is for a driver that was killed.
stop_daemons() {
    local file pid
    for file in "$work"/row-*/daemon.pid; do
        [ -e "$file" ] || continue
        pid=$(cat "$file")
        [ -e "/proc/$pid/cmdline" ] || continue
        case "$(tr '\0' ' ' <"/proc/$pid/cmdline")" in
            *"${file%/daemon.pid}/"*) kill -KILL "$pid" 2>/dev/null || true ;;
        esac
    done
}

# Every figure grows with it; those of the delegates alone, in the same run, do too.
warn_of_other_load() {
    awk -v cpus="$(nproc)" '$1 > cpus / 2 { printf "this machine is busy (load average %s on %d processors): compare with direct p50 ms, not with other runs\n", $1, cpus }' /proc/loadavg
}

main() {
    require_root bench
    local compiler status=0
    compiler=$(command -v gcc || command -v clang) || die 'neither gcc nor clang is there to compile bench/null-plugin'
    mkdir -p artifacts/bench
    "$compiler" -Os -s -Wall -Wextra -Werror -o artifacts/bench/null bench/null-plugin/null.c
    compile bench/Multus.Bench

    warn_of_other_load
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    work=$(mktemp -d "${TMPDIR:-/tmp}/$Prefix.XXXXXX")
    ip netns add "$Prefix-node"
    ip -n "$Prefix-node" link set lo up
    # nsenter and not ip netns exec: the driver makes more namespaces, which must be mounted where everybody sees them.
    nsenter --net="/run/netns/$Prefix-node" dotnet artifacts/build/bin/Multus.Bench/release/Multus.Bench.dll \
        --shim "${MULTUS_SHIM:-artifacts/multus-shim}" --daemon "${MULTUS_DAEMON:-artifacts/multus-daemon}" --null artifacts/bench/null \
        --plugins "$(plugin_dir)" --work "$work" --prefix "$Prefix" --out artifacts/bench/latest.json "$@" &
    bench_pid=$!
    wait "$bench_pid" || status=$?
    bench_pid=''
    return "$status"
}

main "$@"
