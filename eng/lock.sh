#!/usr/bin/env bash
# Writes the lock files of all projects anew, after a change of packages: for the ordinary build, and for Native AOT on each kind of CPU.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source eng/common.sh

machine_for_dotnet
dotnet restore Multus.sln --force-evaluate --nologo -v quiet
for project in src/Multus.Shim src/Multus.Thin src/Multus.Host src/Multus.Ctl; do
    for rid in linux-x64 linux-arm64; do
        dotnet restore "$project" --force-evaluate --nologo -v quiet -p:MultusAot=true -p:RuntimeIdentifier="$rid"
    done
done
dotnet restore Multus.sln --nologo -v quiet # what the compiler reads next is the ordinary one again
