#!/bin/sh
# bridge of the reference CNI plugins 1.1.1 (Debian 12, containernetworking-plugins 1.1.1+ds1-3+b5; the same with 1.9.1): the bridge that the plugin makes has the MAC
# address of its first port. When the last port is gone, its address is 00:00:00:00:00:00, and the next ADD to which the same bridge is a gateway fails:
# "failed to set bridge addr: could not set bridge's mac: invalid argument". So two networks on one bridge, of which one has isGateway, work until the
# pods of the one without are all gone. The failed ADD leaves its veth pair, so that its repetition fails because of that.
# Expected: success, with the address of the new port, as for a network without isGateway.
# Needs root: it makes two network namespaces of its own.
set -eu
folder=$(mktemp -d)
node=finding-node-$$ pod=finding-pod-$$
clean_up() {
    ip netns del "$node" 2>/dev/null || true
    ip netns del "$pod" 2>/dev/null || true
    rm -rf "$folder"
}
trap clean_up EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download containernetworking-plugins=1.1.1+ds1-3+b5
dpkg-deb -x containernetworking-plugins_*.deb plugins
bin=$folder/plugins/usr/lib/cni
ip netns add "$node"
ip netns add "$pod"

run() { # $1 verb, $2 interface, $3 configuration
    echo "$3" | ip netns exec "$node" env CNI_COMMAND="$1" CNI_CONTAINERID=finding CNI_NETNS="/run/netns/$pod" CNI_IFNAME="$2" CNI_PATH="$bin" "$bin/bridge" 2>&1
}
mac() { ip netns exec "$node" cat /sys/class/net/shared0/address; }

plain='{"cniVersion":"1.0.0","name":"plain","type":"bridge","bridge":"shared0"}'
gateway='{"cniVersion":"1.0.0","name":"gateway","type":"bridge","bridge":"shared0","isGateway":true,"ipam":{"type":"host-local","dataDir":"'$folder'/ipam","ranges":[[{"subnet":"10.9.0.0/24"}]]}}'

run ADD net1 "$plain" >/dev/null
echo "bridge 1.1.1: after the first ADD the bridge has the address $(mac)"
run DEL net1 "$plain" >/dev/null
gone=$(mac)
echo "after the DEL of its only port: $gone"
first=$(run ADD net2 "$gateway") && exit 1
echo "ADD with isGateway on the same bridge: $first"
again=$(run ADD net2 "$gateway") && exit 1
echo "the same ADD again: $again"

[ "$gone" = 00:00:00:00:00:00 ]
case "$first" in *"could not set bridge's mac: invalid argument"*) ;; *) exit 1 ;; esac
case "$again" in *"already exists"*) ;; *) exit 1 ;; esac
