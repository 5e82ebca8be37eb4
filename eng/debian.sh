# Sourced by scripts that take files from Debian packages without installing them: apt with lists, sources and a cache of its own. The machine's own are not touched.
# Callers stand in the repository's root and have sourced eng/common.sh.

# Where the machine gets Debian from, so that a mirror or a proxy that was set up for it serves here too.
debian_uri() {
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -E '/debian/?$' | head -n 1
}

# $1 folder of the private state, made anew; $2 suite; $3 architecture as Debian names it; $4 what is wanted, for messages
open_archive() {
    local uri
    uri=$(debian_uri)
    [ -n "$uri" ] || die "apt knows no Debian archive to fetch $4 of $2 from (looked at: apt-get indextargets)"
    archive_state=$1 archive_arch=$3
    rm -rf "$1"
    mkdir -p "$1/lists/partial" "$1/cache/archives/partial"
    : >"$1/status"
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$uri" "$2" >"$1/sources.list"
    private_apt update >&2 || die "apt-get update for the suite $2 failed"
}

private_apt() {
    apt-get -qq -o Dir::State="$archive_state" -o Dir::State::status="$archive_state/status" -o Dir::Cache="$archive_state/cache" \
        -o Dir::Etc::sourcelist="$archive_state/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
        -o APT::Default-Release= -o APT::Sandbox::User=root -o APT::Architecture="$archive_arch" -o APT::Architectures="$archive_arch" "$@" </dev/null
}

# $1 folder that gets the .deb files; the rest: packages
download_packages() {
    local folder=$1
    shift
    (cd "$folder" && private_apt download "$@" >&2) || die "apt-get could not download $*"
}
