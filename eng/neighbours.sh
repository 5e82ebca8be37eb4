#!/usr/bin/env bash
# Shim and daemon of neighbouring releases work together: builds another release in a work tree of its own and runs end-to-end tests with its shim and our daemon, then
# with our shim and its daemon. $1 names the release: a tag, or any commit. Not part of the test command: it publishes two trees.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source eng/common.sh

# What both releases have: attaching, ordering, a daemon that is away.
readonly Tests='(FullyQualifiedName~PodNetworksTests|FullyQualifiedName~Attaching|FullyQualifiedName~OrderingTests|FullyQualifiedName~ErrorLineTests|FullyQualifiedName~AbsentDaemonTests|FullyQualifiedName~FailedDeleteTests|FullyQualifiedName~DaemonLossTests)&FullyQualifiedName!~Thin&FullyQualifiedName!~MovingIn'

main() {
    tree=$PWD/artifacts/neighbour/tree
    local status=0
    [ $# -eq 1 ] || die 'usage: eng/neighbours.sh TAG-OR-COMMIT'
    git worktree remove --force "$tree" 2>/dev/null || true
    trap 'git worktree remove --force "$tree"' EXIT
    git worktree add --detach "$tree" "$1" >/dev/null || die "$1 is no commit of this repository"
    (cd "$tree" && ./build.sh publish) || die "$1 cannot be published"
    eng/publish.sh
    compile tests/Multus.EndToEnd.Tests/Multus.EndToEnd.Tests.csproj
    say "── shim of $1, daemon of this tree"
    MULTUS_TEST_SHIM=$tree/artifacts/multus-shim run || status=1
    say "── shim of this tree, daemon of $1"
    MULTUS_TEST_DAEMON=$tree/artifacts/multus-daemon run || status=1
    return "$status"
}

run() { dotnet test tests/Multus.EndToEnd.Tests -c Release --no-build --nologo --logger 'console;verbosity=minimal' --filter "$Tests" </dev/null; }

main "$@"
