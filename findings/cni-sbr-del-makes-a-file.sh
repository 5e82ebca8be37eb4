#!/bin/sh
# sbr of the reference CNI plugins 1.1.1 (Debian 12, containernetworking-plugins 1.1.1+ds1-3+b5; the same with 1.9.1): a DEL whose CNI_NETNS names a network namespace
# that is gone makes an empty regular file at that path, mode 0750, and fails ("unknown FS magic"). The file stays, so every later DEL with that path fails, too.
# With an empty CNI_NETNS, which the specification allows for DEL, it fails as well ("no such file or directory").
# Expected: success, as there is nothing to undo, and no file.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download containernetworking-plugins=1.1.1+ds1-3+b5
dpkg-deb -x containernetworking-plugins_*.deb plugins
bin=$folder/plugins/usr/lib/cni

delete() { # $1 network namespace; prints how it ended
    if reason=$(echo '{"cniVersion":"1.0.0","name":"finding","type":"sbr"}' |
        CNI_COMMAND=DEL CNI_CONTAINERID=finding CNI_NETNS=$1 CNI_IFNAME=net1 CNI_PATH=$bin "$bin/sbr" 2>/dev/null); then
        echo succeeded
    else
        echo "failed: $(echo "$reason" | tr -d '\n' | tr -s ' ')"
    fi
}

first=$(delete "$folder/gone")
[ -f "$folder/gone" ] && file=$(stat -c '%F, mode %a' "$folder/gone") || file=none
second=$(delete "$folder/gone")
empty=$(delete "")
echo "sbr 1.1.1, DEL with a CNI_NETNS that is gone: $first"
echo "file at that path: $file"
echo "the next DEL: $second"
echo "DEL with an empty CNI_NETNS: $empty"

case "$first$second$empty" in *succeeded*) exit 1 ;; esac
[ "$file" = "regular empty file, mode 750" ]
