#!/usr/bin/env bash
# Fetches the reference CNI plugins of Debian's unstable suite, newer than those that the machine has installed, and prints the folder they are in.
# apt works with lists, sources and a cache of its own below artifacts/: the machine's own are not touched, and nothing is installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source eng/common.sh

readonly Suite=sid Package=containernetworking-plugins
readonly Folder=$PWD/artifacts/plugins/$Suite State=$PWD/artifacts/plugins/apt

# Where the machine gets Debian from, so that a mirror or a proxy that was set up for it serves here too.
debian_uri() {
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -E '/debian/?$' | head -n 1
}

private_apt() {
    apt-get -qq -o Dir::State="$State" -o Dir::State::status="$State/status" -o Dir::Cache="$State/cache" -o Dir::Etc::sourcelist="$State/sources.list" \
        -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null -o APT::Default-Release= -o APT::Sandbox::User=root "$@" </dev/null
}

main() {
    if [ ! -x "$Folder/bridge" ]; then
        local uri
        uri=$(debian_uri)
        [ -n "$uri" ] || die "apt knows no Debian archive to fetch $Package of $Suite from (looked at: apt-get indextargets)"
        rm -rf "$State" "$Folder.new"
        mkdir -p "$State/lists/partial" "$State/cache/archives/partial" "$Folder.new"
        : >"$State/status"
        printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$uri" "$Suite" >"$State/sources.list"
        private_apt update >&2 || die "apt-get update for the suite $Suite failed"
        (cd "$Folder.new" && private_apt download "$Package" >&2) || die "apt-get could not download $Package of $Suite"
        dpkg-deb -x "$Folder.new"/*.deb "$Folder.new/root" || die "$Package of $Suite cannot be unpacked"
        rm -rf "$Folder"
        mv "$Folder.new/root/usr/lib/cni" "$Folder"
        rm -rf "$Folder.new" "$State"
    fi
    "$Folder/bridge" </dev/null >/dev/null 2>&1 || die "the plugins in $Folder do not run on this machine"
    say "$Folder"
}

main "$@"
