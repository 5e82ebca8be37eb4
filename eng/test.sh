#!/usr/bin/env bash
# Builds the solution once, publishes the binaries that the end-to-end tests run, and runs every test project in turn; the end-to-end tests once more
# with newer plugins than the distribution has.
# Options: names of test projects, in full or in part (./build.sh test Cni Wire); without any, all of them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source eng/common.sh

readonly Results=artifacts/test-results
readonly HangTimeout=5m # for one test without any progress; the whole suite takes less
passed=0 failed=0 skipped=0

# One attribute of the <Counters> element of a trx file.
counter() { sed -n "s/.*<Counters .*\\b$2=\"\\([0-9]*\\)\".*/\\1/p" "$1" | head -n 1; }

# $1 trx file, $2 exit status of its run. A run that ended badly with no failed test to show for it counts as one failure.
count() {
    local total=0 ok=0 executed=0 bad
    if [ -s "$1" ]; then
        total=$(counter "$1" total) ok=$(counter "$1" passed) executed=$(counter "$1" executed)
    fi
    bad=$((executed - ok))
    if [ "$bad" -eq 0 ] && { [ "$2" -ne 0 ] || [ "$total" -eq 0 ]; }; then
        bad=1
        broken+=("$(basename "$1" .trx): the run ended with status $2 after $executed of $total tests")
    fi
    passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + total - executed))
}

# What the test runner says of itself; failures are said again, with their messages, by its console logger.
without_noise() { sed -E '/^(Data collector .Blame|A total of [0-9]+ test files|Results File: |Test run for |\[xUnit\.net )/d; /^[[:space:]]*$/d'; }

# $1 project, $2 what to add to the name of its results, $3 which of its tests, if not all
run_project() {
    local name trx status=0 from=$EPOCHREALTIME
    name=$(basename "$1" .csproj)${2:-} trx="$PWD/$Results/$(basename "$1" .csproj)${2:-}.trx"
    say "── $name"
    dotnet test "$1" -c Release --no-build --nologo --results-directory "$Results" \
        --logger "trx;LogFileName=$name.trx" --logger 'console;verbosity=minimal' \
        --blame-hang-timeout "$HangTimeout" --blame-hang-dump-type none ${3:+--filter "$3"} </dev/null 2>&1 | without_noise || status=${PIPESTATUS[0]}
    count "$trx" "$status"
    say "   $(seconds_since "$from") s"
}

with_newer_plugins() {
    local folder
    folder=$(eng/plugins.sh)
    # Documents and the thin plugin have nothing that depends on the plugins' version and is not tested with the daemon.
    MULTUS_TEST_PLUGINS=$folder run_project "$1" -newer-plugins 'FullyQualifiedName!~.Documents.&FullyQualifiedName!~.Thin'
}

# The form of the code: dotnet csharpier format . mends it.
check_form() {
    say '── form'
    dotnet tool restore >/dev/null && dotnet csharpier check . || { failed=$((failed + 1)); broken+=('the form of the code: dotnet csharpier format .'); }
}

selected() {
    local project wanted
    for project in tests/*.Tests/*.csproj; do
        [ $# -gt 0 ] || say "$project"
        for wanted in "$@"; do
            case "$project" in *"$wanted"*) say "$project"; break ;; esac
        done
    done
}

show_failures() {
    local trx
    for trx in "$Results"/*.trx; do
        sed -n 's/.*<UnitTestResult [^>]*testName="\([^"]*\)"[^>]*outcome="Failed".*/\1/p' "$trx" 2>/dev/null |
            sed 's/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g; s/^/  failed: /'
    done
    [ ${#broken[@]} -eq 0 ] || printf '  broken: %s\n' "${broken[@]}"
}

main() {
    local projects from=$EPOCHREALTIME
    broken=()
    mapfile -t projects < <(selected "$@")
    [ ${#projects[@]} -gt 0 ] || die "no test project has '$*' in its name"
    rm -rf "$Results"
    mkdir -p "$Results"

    say 'building the solution'
    check_form
    compile Multus.sln
    say "  $(seconds_since "$from") s"
    eng/publish.sh
    deploy/image/build.sh

    MULTUS_TEST_PROMTOOL=$(eng/promtool.sh)
    export MULTUS_TEST_PROMTOOL

    local project
    for project in "${projects[@]}"; do run_project "$project"; done
    for project in "${projects[@]}"; do
        case "$project" in *EndToEnd*) with_newer_plugins "$project" ;; esac
    done

    find "$Results" -mindepth 1 -type d -empty -delete # the hang watcher's
    say ''
    [ "$failed" -eq 0 ] || show_failures
    say "all of it took $(seconds_since "$from") s; results in $Results"
    say "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

main "$@"
