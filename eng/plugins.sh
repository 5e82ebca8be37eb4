#!/usr/bin/env bash
# Fetches the reference CNI plugins of Debian's unstable suite, newer than those that the machine has installed, and prints the folder they are in.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source eng/common.sh
source eng/debian.sh

readonly Suite=sid Package=containernetworking-plugins
readonly Folder=$PWD/artifacts/plugins/$Suite State=$PWD/artifacts/plugins/apt

main() {
    if [ ! -x "$Folder/bridge" ]; then
        open_archive "$State" "$Suite" "$(dpkg --print-architecture)" "$Package"
        rm -rf "$Folder.new"
        mkdir -p "$Folder.new"
        download_packages "$Folder.new" "$Package"
        dpkg-deb -x "$Folder.new"/*.deb "$Folder.new/root" || die "$Package of $Suite cannot be unpacked"
        rm -rf "$Folder"
        mv "$Folder.new/root/usr/lib/cni" "$Folder"
        rm -rf "$Folder.new" "$State"
    fi
    "$Folder/bridge" </dev/null >/dev/null 2>&1 || die "the plugins in $Folder do not run on this machine"
    say "$Folder"
}

main "$@"
