#!/bin/sh
# A run from beginning to end: what it leaves, what it says, what it never destroys.
# shellcheck disable=SC2034
. tests/cli.sh

quick="particles.count=50000 particles.step=0.005 particles.halving=1 particles.kernel=false compare.tolerance=0.2"

# shellcheck disable=SC2086
run_ou() {
    fokker run ornstein_uhlenbeck $quick output.plots=false "$@"
}

expect_status 0 run_ou -o "$work/ou"
expect_stdout 'agree'
expect_file "$work/ou/results.nc"
expect_file "$work/ou/summary.json"
expect_file "$work/ou/report.html"
expect_file "$work/ou/problem.yaml"

# a second run does not overwrite, unless told to
cp "$work/ou/summary.json" "$work/before.json"
expect_status 4 run_ou -o "$work/ou"
expect_stderr 'exists; --force'
expect_same "$work/ou/summary.json" "$work/before.json"
expect_status 0 run_ou -o "$work/ou" --force
[ -z "$(find "$work" -maxdepth 1 -name '*partial*' -o -maxdepth 1 -name '*.old-*')" ]
verdict $? "no temporary folder is left"

# a folder of something else is never replaced
mkdir "$work/precious" && : >"$work/precious/thesis.tex"
expect_status 4 run_ou -o "$work/precious" --force
expect_stderr 'thesis.tex'
[ -e "$work/precious/thesis.tex" ]
verdict $? "what is not a result is kept"

# the same numbers for any number of threads
expect_status 0 run_ou -q --json -j 1 -o "$work/one"
cp "$work/stdout" "$work/one.json"
expect_no_stderr
expect_status 0 run_ou -q --json -j 3 -o "$work/three"
sed -n '/"verdict"/,/"timings"/p' "$work/one.json" >"$work/one.txt"
sed -n '/"verdict"/,/"timings"/p' "$work/stdout" >"$work/three.txt"
expect_file "$work/one.txt"
expect_same "$work/one.txt" "$work/three.txt"

# another way to the density, named or chosen, with the error of its modes in the budget
for method in spectral auto; do
    expect_status 0 run_ou -q --json pde.method=$method -o "$work/$method"
    expect_stdout '"method": "spectral"'
    expect_stdout 'modes left out'
done
expect_stdout 'modes on .* leave out'
expect_status 2 run_ou pde.method=spectrall -o "$work/none"
expect_stderr "did you mean 'spectral'"

# Brownian motion with drift v = 0.8 from the middle of (0, 2): by symmetry the exit time
# is independent of the face; P(up) = 1/(1 + e^-1.6), E T = tanh(0.8)/0.8
fokker run drift_diffusion -q --json time.end=14 time.output=[14] particles.count=100000 \
    initial.gaussian.sd=1e-3 particles.step=2e-3 particles.halving=0.2 pde.tolerance=1e-5 \
    output.plots=false compare.tolerance=0.2 -o "$work/exits" >"$work/exits.json"
tr -d ' ,' <"$work/exits.json" | awk -F: '
    function far(x, exact, error) { return x < exact - error || x > exact + error }
    /"exits"/ { here = 1 }
    here && $1 == "\"fokker_planck\"" { pde = 1 }
    here && $1 == "\"particles\"" { pde = 0 }
    here && $1 == "\"particles_unbridged\"" { unbridged = 1; next }
    here && $1 == "\"mean_time\"" && unbridged {
        # walls 0.5826 sqrt(h) further out: E T = (a / v) tanh(v a), a = 1.026
        if (far($2, 0.8664, 4*0.7/sqrt(P*2e4))) bad++
        u++
    }
    here && $1 == "\"spread\"" { unbridged = 0 }
    unbridged { next }
    here && $1 == "\"probability\"" {
        n++
        P = n > 2 ? 0.8320183851 : 0.1679816149
        if (far($2, P, pde ? 1e-4 : 4*sqrt(P*(1 - P)/1e5))) bad++
    }
    here && $1 == "\"mean_time\"" {
        if (far($2, 0.8300459626, pde ? 5e-4 : 4*0.7/sqrt(P*1e5))) bad++
    }
    END { exit !(n == 4 && u == 2 && bad + 0 == 0) }'
verdict $? "exit probabilities and mean exit times are the exact ones" "$work/exits.json"

# the problem it wrote runs again
expect_status 0 fokker run "$work/ou/problem.yaml" -q -o "$work/again"

# too few particles for the tolerance asked
expect_status 3 fokker run ornstein_uhlenbeck particles.count=500 particles.step=0.01 \
    compare.tolerance=0.01 output.plots=false -o "$work/few"
expect_stdout 'inconclusive'

# Ctrl-C leaves nothing behind
"$FOKKER" run ornstein_uhlenbeck particles.count=1e7 particles.step=1e-4 -q \
    -o "$work/stopped" >/dev/null 2>"$work/stderr" &
process=$!
sleep 1
kill -INT $process
status=0
wait $process || status=$?
[ $status -eq 130 ]
verdict $? "an interrupted run ends with 130, not $status" "$work/stderr"
[ -z "$(find "$work" -maxdepth 1 -name 'stopped*')" ]
verdict $? "an interrupted run leaves nothing"

# dX = X^3 dt + 0.3 dW explodes: those lost are counted, the first is named, no verdict
cat >"$work/explosion.yaml" <<'END'
variables: [x]
drift: x^3
noise: 0.3
time: {end: 1}
domain:
  x: {from: -3, to: 3, cells: 100, boundary: open}
initial:
  gaussian: {mean: 0, sd: 0.7}
particles: {count: 5e4, step: 2e-3}
output: {plots: false}
END
expect_status 3 fokker run "$work/explosion.yaml" -q -o "$work/explosion"
expect_stdout 'of 50000 particles were lost: number'
expect_status 3 fokker run "$work/explosion.yaml" -q pde=off -o "$work/alone" --json
expect_stdout '"verdict": "inconclusive"'
lost=$(awk -F: '/"particle":/ { print $2 + 0 }' "$work/stdout")
expect_status 3 fokker replay "$work/explosion.yaml" "particle=$lost" --every=1000
expect_stderr "particle $lost is nowhere"

# without a domain: moments with errors, against the exact ones where they are known
cat >"$work/moments.yaml" <<'END'
variables: [x, y]
drift: [y - x, -2*y]
noise: [0.5, 0.3]
time: {output: [0.5, 2]}
initial: {gaussian: {mean: [1, -1], sd: 0.2}}
particles: {count: 1e5, step: 5e-3, halving: 0.5}
pde: off
compare: {tolerance: 0.1}
END
expect_status 0 fokker run "$work/moments.yaml" -q -o "$work/moments"
expect_stdout '^moments of 100000 particles at t = 2'
expect_stdout '^  covariance y x '
expect_stdout '^  quantiles '
expect_stdout '^verdict: agree'
expect_file "$work/moments/results.nc"
grep -q '"covariance_error"' "$work/moments/summary.json" &&
    grep -q 'The particles' "$work/moments/report.html"
verdict $? "moments are in the summary and the report"
expect_status 1 fokker run "$work/moments.yaml" -q -o "$work/coarse" particles.step=0.2 particles.halving=0
expect_stdout 'standard errors beyond the known error of 0'
expect_status 3 fokker run "$work/moments.yaml" -q -o "$work/hides" compare.tolerance=1e-3
expect_status 0 fokker run "$work/moments.yaml" -q -o "$work/cubic" 'drift.1=-y^3'
expect_stdout '^verdict: none, as only one sample'

# chosen paths, to the last bit those of replay, whatever runs beside them
expect_status 0 fokker run "$work/moments.yaml" -q -o "$work/paths" output.paths=0-2,777 output.every=10
fokker replay "$work/moments.yaml" particle=0-2,777 --every=10 >"$work/replayed.csv"
expect_same "$work/replayed.csv" "$work/paths/paths.csv"
expect_file "$work/paths/plots/paths.png"
expect_file "$work/paths/plots/paths.svg"
expect_status 2 fokker run "$work/moments.yaml" -q output.paths=0-2,100000
expect_stderr 'from 0 to 99999'
expect_status 2 fokker run double_well -q output.paths=1 particles=off
expect_stderr 'particles: off'

# paths that depend on each other: the budget's own line, the same on one thread, replayed
cat >"$work/pull.yaml" <<'END'
variables: [x]
drift: -mean(sin(x))*cos(x) + mean(cos(x))*sin(x) - 2*conv(sin(x))
noise: 0.7
time: 1
domain: {x: {from: -pi, to: pi, cells: 40, boundary: periodic}}
initial: {density: exp(cos(x))}
particles: {count: 20000, step: 0.05, scheme: heun, halving: 0.5}
compare: {tolerance: 0.3}
END
expect_status 0 fokker run "$work/pull.yaml" -q -o "$work/pull" output.paths=7 output.every=1 output.plots=off
expect_stdout 'truncation  *ensemble'
expect_stdout '^verdict: agree'
fokker replay "$work/pull.yaml" particle=7-7,7 >"$work/alone.csv"
head -n 22 "$work/alone.csv" >"$work/once.csv"
expect_same "$work/once.csv" "$work/pull/paths.csv"
OMP_NUM_THREADS=1 fokker replay "$work/pull.yaml" particle=7-7,7 >"$work/one.csv"
expect_same "$work/alone.csv" "$work/one.csv"
expect_status 0 fokker check "$work/pull.yaml"
expect_stdout 'conv\(K\) = int K\(x - y\) p\(y\) dy'
expect_status 4 fokker analyze "$work/pull.yaml" stationary
expect_stderr 'depend on the density'
expect_status 4 fokker expect "$work/pull.yaml" x -q
expect_stderr 'its paths move together'
expect_status 4 fokker order strong "$work/pull.yaml" -q
expect_stderr 'its paths move together'
expect_status 4 fokker run "$work/pull.yaml" -q pde.method=spectral -o "$work/never"
expect_stderr 'its equation is linear'
expect_status 2 fokker run "$work/pull.yaml" -q particles.scheme=exact-linear -o "$work/never"
expect_status 2 fokker run "$work/pull.yaml" -q pde.stepper=uniformisation -o "$work/never"

finish
