#!/bin/sh
# usage: sh tests/run.sh BUILD [TEST...]
#
# Runs every test of the tree: the programs BUILD/test_* of the sources tests/test_*.c and
# the scripts tests/cli_*.sh, or those named (test_expr, cli_run).  As many at a time as
# there are processors; each writes BUILD/logs/TEST.log, and the logs of those that fail
# are shown whole.  The last line is "N passed, M failed"; status 1 if any failed.
set -eu
cd -- "$(dirname -- "$0")/.."

# The worker: one test, one line.
if [ "$1" = --one ]; then
    build=$2 test=$3 log=$2/logs/$3.log
    began=$(date +%s)
    status=0
    case $test in
    cli_*) set -- sh "tests/$test.sh" ;;
    *) set -- "$build/$test" ;;
    esac
    "$@" >"$log" 2>&1 </dev/null || status=$?
    seconds=$(($(date +%s) - began))
    word=ok
    if [ "$status" -ne 0 ]; then
        word=FAILED
        echo "$test: exit status $status" >>"$log"
    else
        : >"$build/logs/$test.passed"
    fi
    checks=$(sed -n 's/^[0-9]*%: Checks: \([0-9]*\),.*/\1 checks/p' "$log" | tail -n 1)
    [ -n "$checks" ] || checks=$(grep -c '^ok ' "$log" || true)' checks'
    printf '%-6s %-28s %12s %4d s\n' "$word" "$test" "$checks" "$seconds"
    exit 0
fi

build=$1
shift
if [ $# -eq 0 ]; then
    for source in tests/test_*.c tests/cli_*.sh; do
        [ -e "$source" ] || continue
        name=${source#tests/}
        set -- "$@" "${name%.*}"
    done
fi
rm -rf "$build/logs"
mkdir -p "$build/logs"

# Programs share the processors: no thread may spin while it waits.  The limit of one Check
# test is for a busy machine, not a measure of speed.
FOKKER=${FOKKER:-$(cd "$build" && pwd)/fokker}
CK_DEFAULT_TIMEOUT=${CK_DEFAULT_TIMEOUT:-120}
OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive}
export FOKKER CK_DEFAULT_TIMEOUT OMP_WAIT_POLICY

[ $# -eq 0 ] || printf '%s\n' "$@" |
    xargs -n 1 -P "${JOBS:-$(getconf _NPROCESSORS_ONLN)}" sh tests/run.sh --one "$build" ||
    echo "The tests were cut short."

failed=0
for test in "$@"; do
    [ -e "$build/logs/$test.passed" ] && continue
    failed=$((failed + 1))
    printf '\n== %s\n' "$build/logs/$test.log"
    cat "$build/logs/$test.log" || true
done
[ "$failed" -eq 0 ] || echo
echo "$(($# - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
