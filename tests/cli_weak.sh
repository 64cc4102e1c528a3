#!/bin/sh
# The weak form of a problem's own equation, and of wrong ones: each error is found and named.
# shellcheck disable=SC2034
. tests/cli.sh

cat >"$work/line.yaml" <<'END'
name: line
variables: [x]
drift: "x - x^3"
noise: "0.7 + 0.3*sin(2*x)"
time: {end: 1}
initial: {gaussian: {mean: 0.3, sd: 0.6}}
pde: off
particles: {step: 0.02, seed: 3}
END
cat >"$work/plane.yaml" <<'END'
name: plane
variables: [x, y]
drift: ["-x - y", "x - y"]
noise: [[0.8, 0], [0.4, 0.6]]
time: {end: 1}
initial: {gaussian: {mean: [0.3, 0.2], sd: 0.5}}
pde: off
particles: {step: 0.02, seed: 3}
END
change() {
    sed "$2" "$work/$1.yaml" >"$work/wrong.yaml"
}
weak() {
    name=$1
    shift
    fokker verify weak "$work/$name.yaml" -q "$@"
}
found() {
    expect_status 1 weak "$@" --against="$work/wrong.yaml"
}

# the equation itself
expect_status 0 weak line --phi='x^5' --effect=0.3
expect_stdout '^holds: No row contradicts the equation'
expect_status 0 weak plane --paths=2000 --effect=0.3
expect_status 0 weak line --paths=2000 --effect=0.5 --json
expect_stdout '"verdict": "holds"'

# factor 2 in D, sign of the drift
change line 's/0.7 + 0.3/1.4142135623730951*(0.7 + 0.3/; s/2\*x)/2*x))/'
found line --paths=5000
expect_stdout 'Wrong is the noise amplitude: factor 0.[45]'
change line 's/"x - x^3"/"-x + x^3"/'
found line --paths=5000
expect_stdout 'Wrong is the drift: '
expect_stdout 'its sign is wrong'

# grad D dropped, Ito for Stratonovich
change line ''
found line --paths=20000 interpretation=hanggi-klimontovich
expect_stdout 'Wrong is the noise-induced drift: '
expect_stdout 'grad D is missing'
found line --paths=20000 interpretation=stratonovich
expect_stdout 'Wrong is the noise-induced drift: '
expect_stdout "Stratonovich's drift is missing"

# a lost cross term
change plane 's/\[\[0.8, 0\], \[0.4, 0.6\]\]/[0.8, "sqrt(0.52)"]/'
found plane --paths=2000
expect_stdout 'Wrong is the cross term of D of x and y: is missing'

# no false alarms
seed=0 alarms=0
while [ $seed -lt 25 ]; do
    seed=$((seed + 1))
    "$FOKKER" verify weak "$work/line.yaml" -q --paths=1024 \
        particles.seed=$seed >"$work/stdout" || [ $? -eq 3 ] || alarms=$((alarms + 1))
done
verdict $alarms "no false alarm in 25 checks"

expect_status 2 weak line --against="$work/plane.yaml"
expect_stderr 'same variables in the same order'
expect_status 2 weak line --phi='x +'
expect_status 2 fokker verify weak
expect_stderr 'give a problem file'
expect_status 4 fokker verify weak killed_brownian -q
expect_status 4 fokker verify weak merton_jumps -q
expect_stderr 'does not cover jumps'
expect_status 2 weak line --family=fourrier
expect_stderr "did you mean 'fourier'"

# a setting for the equation alone; an error that no function sees
expect_status 1 weak line --but=drift='2*(x - x^3)' --json
expect_stdout '"says": "should be 0.[45]'
expect_status 3 weak line --family=none --phi=1
expect_stdout 'could not see drift at all, noise amplitude at all'
finish
