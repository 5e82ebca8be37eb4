#!/usr/bin/env bash
# Everything a developer, an operator or CI does with this repository starts here. `./build.sh help` lists it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source eng/common.sh

command=${1:-help}
[ $# -eq 0 ] || shift

case "$command" in
    demo)           ## attach three pods with real plugins, in namespaces of its own, and clean up (--thin: without a daemon)
        machine_for_compiling
        machine_for_running
        eng/publish.sh
        eng/demo.sh "$@"
        ;;
    test)           ## build everything, publish the binaries, run all tests; last line: N passed, N failed, N skipped
        machine_for_compiling
        machine_for_running
        machine_for_testing
        eng/test.sh "$@"
        ;;
    build)          ## compile the solution (further arguments go to dotnet build)
        machine_for_dotnet
        compile Multus.sln "$@"
        ;;
    publish)        ## Native AOT binaries artifacts/multus-shim, artifacts/multus-daemon, artifacts/multus and artifacts/multusctl (--force: even if nothing changed; --arch arm64: for that one)
        machine_for_publishing "$@"
        eng/publish.sh "$@"
        ;;
    image)          ## the image of the DaemonSet as an OCI archive in artifacts/image, without a container engine (--arch arm64, --tag NAME:TAG)
        machine_for_publishing "$@"
        case " $* " in *' arm64 '*) eng/publish.sh --arch arm64 ;; *) eng/publish.sh ;; esac
        deploy/image/build.sh "$@"
        ;;
    bench)          ## measure the published binaries against their delegates run directly (--quick: some two minutes; --only 'bridge, 9'; --against DIR: beside the binaries in DIR)
        machine_for_compiling
        machine_for_running
        eng/publish.sh
        eng/bench.sh "$@"
        ;;
    help | -h | --help)  ## show this list
        echo 'usage: ./build.sh COMMAND [OPTIONS]'
        echo
        sed -n 's/^    \([a-z]*\)[^)]*) *## /\1\t/p' build.sh | while IFS=$'\t' read -r name what; do printf '  %-9s %s\n' "$name" "$what"; done
        ;;
    *)
        die "there is no command '$command'; './build.sh help' lists them"
        ;;
esac
