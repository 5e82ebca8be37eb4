#!/bin/sh
# Reference CNI plugins 1.1.1 (Debian 12, containernetworking-plugins 1.1.1+ds1-3+b5; the same with 1.9.1): bandwidth (a rate without a burst), host-device (no device named),
# ptp ("ipam": {}) and firewall (cniVersion 0.3.1) refuse such a configuration at ADD, and at DEL for the same reason. A runtime that undoes the failed ADD, as the
# specification has it do, gets an error at every try, for something of which nothing was ever made.
# Expected: a DEL that has nothing to undo succeeds.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download containernetworking-plugins=1.1.1+ds1-3+b5
dpkg-deb -x containernetworking-plugins_*.deb plugins
bin=$folder/plugins/usr/lib/cni

delete() { # $1 plugin, $2 version, $3 more members of the configuration
    reason=$(echo "{\"cniVersion\":\"$2\",\"name\":\"finding\",\"type\":\"$1\"$3}" |
        CNI_COMMAND=DEL CNI_CONTAINERID=finding CNI_NETNS= CNI_IFNAME=net1 CNI_PATH=$bin "$bin/$1" 2>/dev/null) &&
        { echo "$1: succeeded"; exit 1; }
    echo "$1 1.1.1, DEL: $(echo "$reason" | tr -d '\n' | tr -s ' ')"
    case "$reason" in *"$4"*) ;; *) exit 1 ;; esac
}

delete bandwidth 1.0.0 ',"runtimeConfig":{"bandwidth":{"ingressRate":2048}}' 'burst must also be set'
delete host-device 1.0.0 '' 'specify either'
delete ptp 1.0.0 ',"ipam":{}' 'no plugin name provided'
delete firewall 0.3.1 '' 'incompatible CNI versions'
