#!/usr/bin/env bash
# Bundles the live page, src/Multus.Page, into src/Multus.Host/Page/Assets, with the packages that package-lock.json names. The result is committed: who
# builds the daemon needs no node. tests/Multus.Architecture.Tests says when it is older than its sources.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source eng/common.sh

readonly Sources=src/Multus.Page Assets=src/Multus.Host/Page/Assets

main() {
    command -v npm >/dev/null || die 'the page is bundled by node: install the Debian packages nodejs and npm'
    (cd "$Sources" && npm ci --no-audit --no-fund --silent)
    rm -rf "$Assets"
    (cd "$Sources" && node build.js "../../$Assets")
    stamp >"$Assets/stamp"
    say "$Assets: $(du -bc "$Assets"/* | tail -n 1 | cut -f1) bytes, before they are compressed"
}

# A hash of all that the bundle is made of.
stamp() { (cd "$Sources" && find src build.js package.json package-lock.json -type f | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum | cut -d ' ' -f 1); }

main "$@"
