#!/usr/bin/env bash
# What Kubernetes would have done for three pods, with the real shim, daemon and plugins, on this machine and without a trace of it:
# a network namespace plays the node (daemon, bridges and the card that the macvlans sit on live in it), one more plays each pod,
# and everything on disk is in one temporary folder. The manifests are those in deploy/samples.
# With --thin the same is done by the thin plugin, multus, and there is no daemon.
# The exit status is 0 only if every expectation held.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source eng/common.sh

readonly Shim=${MULTUS_SHIM:-$PWD/artifacts/multus-shim} Daemon=${MULTUS_DAEMON:-$PWD/artifacts/multus-daemon} Ctl=$PWD/artifacts/multusctl
readonly Thin=${MULTUS_THIN:-$PWD/artifacts/multus}
readonly Prefix="multus-demo-$$" Samples=deploy/samples
readonly Node="$Prefix-node"
readonly Pods='pod1 pod2 pod3'
readonly Patience=20 # seconds that any one step may take
flavour=thick plugin=$Shim
work='' daemon_pid='' held=0 broken=0
tick='✓' cross='✗' bold='' plain=''
if [ -t 1 ]; then bold=$'\e[1m' plain=$'\e[0m' tick=$'\e[32m✓\e[0m' cross=$'\e[31m✗\e[0m'; fi

# --- telling -----------------------------------------------------------------------------------------------------------------

step() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
indented() { sed 's/^/    /'; }

# $1 what must hold; the rest is the command that succeeds if it does. Its output is shown only if it does not.
expect() {
    local what=$1 from=$EPOCHREALTIME output status=0
    shift
    output=$("$@" 2>&1) || status=$?
    local took
    took=$(awk -v from="$from" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.0f ms", (to - from) * 1000 }')
    if [ "$status" -eq 0 ]; then
        held=$((held + 1))
        printf '  %s %-72s %8s\n' "$tick" "$what" "$took"
    else
        broken=$((broken + 1))
        printf '  %s %-72s %8s\n' "$cross" "$what" "$took"
        printf '%s\n' "$output" "(exit status $status)" | indented
    fi
}

is_empty() { local found; found=$("$@"); [ -z "$found" ] || { printf 'left over:\n%s\n' "$found"; return 1; }; }
same() { [ "$1" = "$2" ] || { diff <(printf '%s\n' "$1") <(printf '%s\n' "$2"); return 1; }; }
fails_naming() { local what=$1 status=0; shift; "$@" >"$work/failure" 2>&1 || status=$?; [ "$status" -ne 0 ] && contains "$work/failure" "$what"; }
contains() { grep -qF -- "$2" "$1" || { printf '%s does not have %s:\n' "$1" "$2"; cat "$1"; return 1; }; }

# --- the node ----------------------------------------------------------------------------------------------------------------

on_node() { ip netns exec "$Node" "$@"; }
in_pod() { local pod=$1; shift; ip netns exec "$Prefix-$pod" "$@"; }
link_names() { ip netns exec "$1" ip -o link show | sed 's/^[0-9]*: \([^:@]*\).*/\1/' | sort; }

make_node() {
    local pod
    work=$(mktemp -d "${TMPDIR:-/tmp}/$Prefix.XXXXXX")
    mkdir "$work"/{manifests,status,cni,ipam,net.d}
    ip netns add "$Node"
    on_node ip link set lo up
    on_node ip link add eth0 type veth peer name wire # the node's card, and the other end of its cable
    on_node ip link set eth0 up
    on_node ip link set wire up
    for pod in $Pods; do ip netns add "$Prefix-$pod"; done
}

# The samples as they are, but for the folder in which host-local keeps the addresses it has given out.
write_files() {
    local file
    for file in networks.yaml pods.yaml; do with_own_ipam "$Samples/$file" >"$work/manifests/$file"; done
    with_own_ipam "$Samples/10-bridge.conf" >"$work/net.d/10-bridge.conf"
    printf '{ "socketDir": "%s", "cniDir": "%s", "manifestDir": "%s" }\n' "$work/run" "$work/cni" "$work/manifests" >"$work/ctl.json"
    "write_${flavour}_files"
}

write_thin_files() {
    cat >"$work/00-multus.conf" <<JSON
{
  "cniVersion": "1.0.0", "name": "multus-cni-network", "type": "multus", "cniDir": "$work/cni", "clusterNetwork": "$work/net.d/10-bridge.conf",
  "manifestDir": "$work/manifests", "statusDir": "$work/status", "logLevel": "verbose", "logToStderr": false, "logFile": "$work/log"
}
JSON
}

write_thick_files() {
    cat >"$work/00-multus.conf" <<JSON
{ "cniVersion": "1.0.0", "name": "multus-cni-network", "type": "multus-shim", "daemonSocketDir": "$work/run", "cniDir": "$work/cni" }
JSON
    cat >"$work/daemon-config.json" <<JSON
{
  "socketDir": "$work/run", "cniDir": "$work/cni", "binDir": "$(plugin_dir)", "clusterNetwork": "$work/net.d/10-bridge.conf",
  "manifestDir": "$work/manifests", "statusDir": "$work/status", "logLevel": "verbose", "logToStderr": true
}
JSON
}

with_own_ipam() { sed "s|\"type\": \"host-local\",|&  \"dataDir\": \"$work/ipam\",|" "$1"; }

start_daemon() {
    step "multus-daemon starts, with $Samples as its cluster"
    # Not through on_node: a function in the background is a shell of its own, and $! has to be the daemon.
    ip netns exec "$Node" "$Daemon" -config "$work/daemon-config.json" >"$work/log" 2>&1 </dev/null &
    daemon_pid=$!
    expect "the daemon listens" daemon_listens
}

daemon_listens() {
    local deadline=$((SECONDS + Patience))
    until [ -S "$work/run/multus.sock" ]; do
        kill -0 "$daemon_pid" 2>/dev/null || { cat "$work/log"; return 1; }
        [ "$SECONDS" -lt "$deadline" ] || { echo "no socket $work/run/multus.sock after $Patience s"; cat "$work/log"; return 1; }
        sleep 0.01
    done
}

daemon_stops() {
    local deadline=$((SECONDS + Patience))
    kill -TERM "$daemon_pid"
    while kill -0 "$daemon_pid" 2>/dev/null; do
        [ "$SECONDS" -lt "$deadline" ] || { echo "still running $Patience s after SIGTERM"; return 1; }
        sleep 0.01
    done
}

# --- the container runtime ---------------------------------------------------------------------------------------------------

# $1 verb, $2 pod: shim or thin plugin with the environment and stdin that containerd or CRI-O give it.
cni() {
    on_node env -i PATH="$PATH" CNI_COMMAND="$1" CNI_CONTAINERID="$Prefix-$2" CNI_NETNS="/run/netns/$Prefix-$2" CNI_IFNAME=eth0 \
        CNI_ARGS="IgnoreUnknown=1;K8S_POD_NAMESPACE=demo;K8S_POD_NAME=$2;K8S_POD_INFRA_CONTAINER_ID=$Prefix-$2" CNI_PATH="$(plugin_dir)" \
        timeout "$Patience" "$plugin" <"$work/00-multus.conf"
}

add() { cni ADD "$1" >"$work/$1.result" || { cat "$work/$1.result"; tail -n 20 "$work/log"; return 1; }; }
other_verb() { cni "$1" "$2" || { tail -n 20 "$work/log"; return 1; }; }

# It ends with 1 where something is wrong.
explains() { on_node "$Ctl" explain "demo/$1" --config "$work/ctl.json" >"$work/explained" || true; contains "$work/explained" "$2"; }

has_address() { in_pod "$1" ip -br addr show dev "$2" | grep -qF " $3" || { in_pod "$1" ip -br addr; return 1; }; }
is_kind() { in_pod "$1" ip -d -o link show dev "$2" | grep -qE "$3" || { in_pod "$1" ip -d link show dev "$2"; return 1; }; }
default_routes() { in_pod "$1" ip -4 route show default | sed 's/ *$//'; }
held_addresses() { find "$work/ipam" -type f ! -name lock ! -name 'last_reserved_ip.*' 2>/dev/null; }
ports_of_bridges() { on_node ip -o link show master cni0; on_node ip -o link show master mynet0; }

# --- the story ---------------------------------------------------------------------------------------------------------------

attach() {
    local pod
    step "ADD: the runtime runs $(basename "$plugin") once per pod"
    for pod in $Pods; do expect "ADD $pod" add "$pod"; done
    for pod in $Pods; do
        step "Interfaces of $pod"
        in_pod "$pod" ip -br addr | indented
    done
    step "What they should be"
    expect "pod1 eth0 has an address of the cluster network, 10.244.0.0/24" has_address pod1 eth0 10.244.0.
    expect "pod1 net1 is a bridge port with 10.10.1.20/16" has_address pod1 net1 10.10.1.20/16
    expect "pod2 net1 is a bridge port with 10.10.1.21/16" has_address pod2 net1 10.10.1.21/16
    expect "pod1 net2 is a macvlan in bridge mode" is_kind pod1 net2 'macvlan +mode bridge'
    expect "pod1 net2 has 192.168.1.200/24" has_address pod1 net2 192.168.1.200/24
    expect "pod2 net2 has 192.168.1.201/24" has_address pod2 net2 192.168.1.201/24
    expect "pod3 has the names that it asked for: data and lan" same $'data\neth0\nlan\nlo' "$(link_names "$Prefix-pod3")"
    expect "pod3 lan has the MAC that it asked for" is_kind pod3 lan 'link/ether 02:00:00:00:01:03'
    expect "pod3 leaves through lan: its only default route is via 192.168.1.1" same "default via 192.168.1.1 dev lan" "$(default_routes pod3)"
    expect "pod2, which did not ask, still leaves through eth0" same "default via 10.244.0.1 dev eth0" "$(default_routes pod2 | grep eth0)"
}

look_at_status() {
    local pod status
    step "network-status of pod1 ($work/status/demo_pod1.json)"
    [ ! -e "$work/status/demo_pod1.json" ] || (cat "$work/status/demo_pod1.json" && echo) | indented
    for pod in pod1 pod2; do
        status="$work/status/demo_$pod.json"
        expect "$pod: cluster network on eth0, the default" contains "$status" '"default": true'
        expect "$pod: demo/bridge-conf on net1" contains "$status" '"name": "demo/bridge-conf"'
        expect "$pod: demo/macvlan-conf on net2" contains "$status" '"name": "demo/macvlan-conf"'
    done
}

use_it() {
    step "Traffic between the pods, and CHECK"
    expect "pod1 pings pod2 over net1 (bridge)" in_pod pod1 ping -c1 -W5 -I net1 10.10.1.21
    expect "pod1 pings pod2 over net2 (macvlan)" in_pod pod1 ping -c1 -W5 -I net2 192.168.1.201
    expect "CHECK pod1" other_verb CHECK pod1
    expect "CHECK pod2" other_verb CHECK pod2
    expect "CHECK pod3" other_verb CHECK pod3

    step "Somebody removes an interface of pod3 by hand: ip link delete data"
    in_pod pod3 ip link delete data
    expect "CHECK pod3 fails and says which" fails_naming 'interface data' cni CHECK pod3
    [ ! -e "$work/failure" ] || indented <"$work/failure"

    step "Why? multusctl explain demo/pod3"
    expect "it says what is gone" explains pod3 'Somebody has taken away what was attached. CHECK failed: interface data'
    [ ! -e "$work/explained" ] || head -n 12 "$work/explained" | cut -c1-150 | indented
}

take_it_away() {
    local pod
    step "DEL: the runtime takes the pods away"
    expect "DEL pod1" other_verb DEL pod1
    expect "DEL pod2" other_verb DEL pod2
    expect "DEL pod3, whose interface is gone already" other_verb DEL pod3
    expect "DEL pod1 again, as runtimes do" other_verb DEL pod1

    step "Nothing is left (the bridge plugin keeps its bridges, without ports)"
    for pod in $Pods; do expect "no interface in $pod but those it had before" same lo "$(link_names "$Prefix-$pod")"; done
    expect "no interface on the node but its own and the bridges" same "$links_of_node" "$(link_names "$Node" | grep -vxE 'cni0|mynet0')"
    expect "no port on a bridge" is_empty ports_of_bridges
    expect "no address held by host-local" is_empty held_addresses
    expect "no file in cniDir but what is remembered: networks for GC, containers that are gone, the history" \
        is_empty find "$work/cni" -type f -not -path "$work/cni/networks/*" -not -path "$work/cni/history/*" -not -name ".detached*" -not -name .lock
    expect "no network-status" is_empty find "$work/status" -type f
}

stop_daemon() {
    local status=0
    step "SIGTERM"
    expect "the daemon ends" daemon_stops
    kill -0 "$daemon_pid" 2>/dev/null || { wait "$daemon_pid" || status=$?; daemon_pid=''; }
    expect "with exit status 0" test "$status" -eq 0
}

clean_up() {
    local namespace
    trap - EXIT INT TERM
    if [ -n "$daemon_pid" ] && kill -0 "$daemon_pid" 2>/dev/null; then
        daemon_stops >/dev/null || kill -KILL "$daemon_pid" || true
    fi
    for namespace in $(printf "$Prefix-%s " $Pods) "$Node"; do
        [ ! -e "/run/netns/$namespace" ] || ip netns del "$namespace" || true
    done
    [ -z "$work" ] || rm -rf "$work"
    say ''
    say 'cleaned up: namespaces and the temporary folder removed, nothing runs any more'
}

read_options() {
    case "$*" in
        '') ;;
        --thin) flavour=thin plugin=$Thin ;;
        *) die "usage: ./build.sh demo [--thin]" ;;
    esac
}

main() {
    read_options "$@"
    require_root demo
    plugin_dir >/dev/null || die 'no folder with the plugins bridge, macvlan and host-local'
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    local from=$EPOCHREALTIME

    step "A node with a card eth0, and three pods, each a network namespace"
    make_node
    write_files
    links_of_node=$(link_names "$Node")
    say "  $Samples/networks.yaml: bridge-conf, macvlan-conf"
    say "  $Samples/pods.yaml: pod1 asks for them as 'bridge-conf,macvlan-conf', pod2 in the JSON form,"
    say "  pod3 with names, a MAC and a default route of its own"
    [ "$flavour" = thin ] || start_daemon

    attach
    look_at_status
    use_it
    take_it_away
    [ "$flavour" = thin ] || stop_daemon

    clean_up
    if [ "$broken" -gt 0 ]; then
        say "$broken of $((held + broken)) expectations did not hold"
        exit 1
    fi
    say "all $held expectations held, in $(seconds_since "$from") s"
}

main "$@"
