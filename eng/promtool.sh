#!/usr/bin/env bash
# Takes promtool, which evaluates alert rules, from Debian's package prometheus without installing it (that would start a server), and prints where it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source eng/common.sh

readonly Folder=$PWD/artifacts/promtool Package=prometheus

download() {
    (cd "$Folder.new" && apt-get -qq -o APT::Sandbox::User=root download "$Package" </dev/null >&2)
}

main() {
    if [ ! -x "$Folder/promtool" ]; then
        command -v apt-get >/dev/null || die "this machine has no apt-get to fetch promtool with: put it into $Folder"
        rm -rf "$Folder.new"
        mkdir -p "$Folder.new"
        download || { apt-get -qq update </dev/null >&2 && download; } || die "apt-get could not download $Package, which has promtool"
        dpkg-deb --fsys-tarfile "$Folder.new"/*.deb | tar -x -C "$Folder.new" ./usr/bin/promtool || die "$Package has no /usr/bin/promtool"
        mkdir -p "$Folder"
        mv -f "$Folder.new/usr/bin/promtool" "$Folder/promtool"
        rm -rf "$Folder.new"
    fi
    "$Folder/promtool" --version >/dev/null 2>&1 || die "$Folder/promtool does not run on this machine"
    say "$Folder/promtool"
}

main "$@"
