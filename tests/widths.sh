#!/bin/sh
# usage: sh tests/widths.sh
#
# The same numbers whatever the width of the vectors: builds the program for 128, 256 and
# 512 bits, those that this processor has, in build/width-*, and compares what each says of
# problems with and without functions in their coefficients, to the last digit.  The last
# line is "N passed, M failed".  Part of `make slow`.
set -eu
cd -- "$(dirname -- "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

has() {
    grep -qw "$1" /proc/cpuinfo 2>/dev/null
}

widths=128
if has avx2; then widths="$widths 256"; fi
if has avx512f && has avx512dq && has avx512vl; then widths="$widths 512"; fi

program() {
    case $1 in
    128) flags='' ;;
    256) flags='-mavx2 -mfma' ;;
    512) flags='-mavx512f -mavx512dq -mavx512vl -mfma' ;;
    esac
    make -s -j"$(getconf _NPROCESSORS_ONLN)" BUILD="build/width-$1" OPT="-O3 $flags" \
        CPPFLAGS=-DFK_NO_CLONES all
}

# Everything between the verdict and the timings; NAME, then the settings.
numbers() {
    width=$1 name=$2
    shift 2
    "build/width-$width/fokker" run "$name" -q --json --no-plots -o "$work/$name" --force "$@" \
        >"$work/$width.json" || [ $? -ne 2 ]
    sed -n '/"verdict"/,/"timings"/p' "$work/$width.json" | grep -v '"seconds"'
}

passed=0 failed=0
compare() {
    numbers 128 "$@" >"$work/first"
    for width in ${widths#128}; do
        numbers "$width" "$@" >"$work/this"
        if [ -s "$work/first" ] && cmp -s "$work/first" "$work/this"; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "$*: other digits with $width bits than with 128"
        fi
    done
}

for width in $widths; do program "$width"; done
compare double_well particles.count=5000
compare double_well particles.count=5000 'drift=sin(3*x)-tanh(x)^3-x*exp(-x^2/2)' \
    'noise=0.5+0.1*cos(x)+0.1*erf(x)' \
    particles.scheme=milstein particles.step=0.05
compare rotating_ou particles.count=5000 domain.x.cells=50 domain.y.cells=50
compare geometric_brownian particles.count=20000
compare old_faithful particles.count=5000 reverse.steps=20 reverse.count=5000 reverse.exact_count=1000 \
    domain.eruption.cells=48 domain.waiting.cells=48
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
