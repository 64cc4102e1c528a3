# For tests of the command line: read in by tests/cli_*.sh as `. tests/cli.sh`, from the
# root.  FOKKER names the program.
# shellcheck shell=sh
#
#   expect_status 2 fokker run nothing.yaml
#   expect_stderr 'did you mean'
#   expect_file "$work/x/summary.json"
#
# Each expectation prints "ok" or "not ok" and goes on; the script's exit status is 1 if
# any failed, or if it ended early.  $work is an empty folder of its own, removed at the
# end; standard output and error of the last command are in $work/stdout and $work/stderr.
set -u

FOKKER=${FOKKER:-$PWD/build/fokker}
work=$(mktemp -d) || exit 1
failures=0
finished=no
trap 'rm -rf "$work"; [ $finished = yes ] && [ $failures -eq 0 ] || exit 1' EXIT
trap 'exit 1' HUP INT TERM

fokker() {
    "$FOKKER" "$@"
}

# The last line of every script.
finish() {
    finished=yes
}

# verdict STATUS SENTENCE [FILE...]: the files are shown if the status is not 0.
verdict() {
    if [ "$1" -eq 0 ]; then
        echo "ok - $2"
        return
    fi
    echo "not ok - $2"
    failures=$((failures + 1))
    shift 2
    for shown in "$@"; do
        echo "# ${shown##*/}:"
        sed 's/^/#   /' "$shown"
    done
}

# expect_status N COMMAND...
expect_status() {
    expected=$1
    shift
    command="$*"
    status=0
    "$@" >"$work/stdout" 2>"$work/stderr" </dev/null || status=$?
    [ "$status" -eq "$expected" ]
    verdict $? "$command: status $status, expected $expected" "$work/stdout" "$work/stderr"
}

# expect_stdout PATTERN: an extended regular expression that some line matches.
expect_stdout() {
    grep -Eq -e "$1" "$work/stdout"
    verdict $? "$command: stdout has '$1'" "$work/stdout"
}

expect_stderr() {
    grep -Eq -e "$1" "$work/stderr"
    verdict $? "$command: stderr has '$1'" "$work/stderr"
}

expect_no_stdout() {
    [ ! -s "$work/stdout" ]
    verdict $? "$command: stdout is empty" "$work/stdout"
}

expect_no_stderr() {
    [ ! -s "$work/stderr" ]
    verdict $? "$command: stderr is empty" "$work/stderr"
}

# expect_file FILE: it is there and not empty.
expect_file() {
    [ -s "$1" ]
    verdict $? "file $1"
}

expect_no_file() {
    [ ! -e "$1" ]
    verdict $? "no file $1"
}

# expect_same FILE FILE: the same bytes.
expect_same() {
    cmp -s "$1" "$2"
    verdict $? "$1 and $2 are the same"
}
