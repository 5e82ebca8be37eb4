#!/usr/bin/env bash
# Writes deploy/multus.yaml, multus-thin.yaml and cert-approver.yaml from deploy/kustomize. A test fails where they differ.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source eng/common.sh

# $1 the kustomization's folder, $2 the file
render() {
    local text
    text=$(kubectl kustomize "$1") # first: where it fails, nothing is left
    {
        say "# Made by eng/render.sh from $1: change that, where the reasons stand beside each line. docs/operations/install.md says how to install."
        printf '%s\n' "$text"
    } >"$2.new"
    mv -f "$2.new" "$2"
}

command -v kubectl >/dev/null || die 'kubectl is missing: it is in the package kubernetes-client'
render deploy/kustomize/base deploy/multus.yaml
render deploy/kustomize/overlays/thin deploy/multus-thin.yaml
render deploy/kustomize/cert-approver deploy/cert-approver.yaml
