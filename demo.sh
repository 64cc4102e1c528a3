#!/bin/sh
# The main job, as one command: installs what is missing (see dependencies.sh), builds,
# and asks three times whether a million particles and the Fokker-Planck equation give
# one and the same density.  Results go to out/, an older run's are replaced.
# Exit status: 0 if every verdict is "agree", 1 if not, 2 if a package is missing or the
# build failed.
set -eu
cd -- "$(dirname -- "$0")"
. ./dependencies.sh

require build run
echo "Building fokker"
make -j"$(processors)" all || exit 2

status=0
verdicts=''
for name in double_well old_faithful rotating_ou; do
    printf '\n== experiments/%s.yaml\n' "$name"
    result=0
    "${BUILD:-build}/fokker" run "experiments/$name.yaml" -o "out/$name" --force || result=$?
    case $result in
    0) word=agree ;;
    1) word=disagree status=1 ;;
    3) word=inconclusive status=1 ;;
    130) exit 130 ;;
    *) word="no verdict, exit status $result" status=1 ;;
    esac
    verdicts="$verdicts$(printf '  %-14s %s' "$name" "$word")
"
    [ "$result" -gt 3 ] || verdicts="$verdicts                 out/$name/report.html
"
done

printf '\nVerdicts, and the page to open for each:\n%s' "$verdicts"
exit "$status"
