#!/usr/bin/env bash
# Writes deploy/multus.yaml, multus-thin.yaml and cert-approver.yaml from deploy/kustomize, and what is made of the alert rules. A test fails where they differ.
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

# The rules as an object of the Prometheus operator's, and where the chart can read them.
render_rules() {
    local rules=deploy/monitoring/multus.rules.yaml
    {
        say "# Made by eng/render.sh from $rules: change that."
        printf '%s\n' 'apiVersion: monitoring.coreos.com/v1' 'kind: PrometheusRule' 'metadata:' '  name: multus' '  namespace: kube-system' \
            '  labels:' '    app.kubernetes.io/name: multus' 'spec:'
        sed '/^#/d; s/^/  /' "$rules"
    } >deploy/monitoring/prometheusrule.yaml
    mkdir -p deploy/chart/files
    sed '/^#/d' "$rules" >deploy/chart/files/multus.rules.yaml
    cp -f deploy/monitoring/dashboard.json deploy/chart/files/dashboard.json
}

command -v kubectl >/dev/null || die 'kubectl is missing: it is in the package kubernetes-client'
render deploy/kustomize/base deploy/multus.yaml
render deploy/kustomize/overlays/thin deploy/multus-thin.yaml
render deploy/kustomize/cert-approver deploy/cert-approver.yaml
render_rules
