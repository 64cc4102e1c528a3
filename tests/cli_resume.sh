#!/bin/sh
# Runs that are killed, stopped or out of time go on to the bytes of one that never was.
# shellcheck disable=SC2034
. tests/cli.sh

# The same words in two folders, so that the results may differ in their times alone.
place=$PWD/experiments/drift_diffusion.yaml
run_in() {
    folder=$1
    shift
    (cd "$work/$folder" && "$FOKKER" run "$place" particles.count=2e5 particles.step=0.005 \
        pde.halving=false output.plots=false compare.tolerance=0.3 -q --resume \
        --checkpoint=0.01s -o r "$@")
}
mkdir "$work/whole" "$work/broken"
expect_status 0 run_in whole
expect_no_file "$work/whole/r.checkpoint"

# kill -9 whenever there is something to go on from
for round in 1 2 3; do
    (cd "$work/broken" && exec "$FOKKER" run "$place" particles.count=2e5 \
        particles.step=0.005 pde.halving=false output.plots=false compare.tolerance=0.3 -q \
        --resume --checkpoint=0.01s -o r) >/dev/null 2>&1 &
    process=$!
    tries=0
    while [ ! -e "$work/broken/r.checkpoint" ] && [ $tries -lt 200 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
    sleep 0.1
    kill -KILL $process 2>/dev/null
    wait $process 2>/dev/null
done
expect_file "$work/broken/r.checkpoint"
cp "$work/broken/r.checkpoint" "$work/kept"

# what does not fit is refused, and kept
expect_status 4 run_in broken particles.seed=2
expect_stderr 'of another problem, other settings'
head -c 5000 "$work/kept" >"$work/broken/r.checkpoint"
expect_status 4 run_in broken
expect_stderr 'damaged'
{ head -c 5000 "$work/kept"; printf x; tail -c +5002 "$work/kept"; } >"$work/broken/r.checkpoint"
expect_status 4 run_in broken
expect_stderr 'damaged'
cp "$work/kept" "$work/broken/r.checkpoint"
expect_status 4 fokker run drift_diffusion -q -o "$work/broken/r"
expect_stderr 'resume goes on from there, --force begins again'

expect_status 0 run_in broken
expect_no_file "$work/broken/r.checkpoint"
for folder in whole broken; do
    sed '/"timings"/,/^  \]/d; /"created"/d' "$work/$folder/r/summary.json" \
        >"$work/$folder.json"
done
expect_same "$work/whole.json" "$work/broken.json"
expect_same "$work/whole/r/problem.yaml" "$work/broken/r/problem.yaml"
# a time of 20 bytes and the checksums of what holds it
differing=$(cmp -l "$work/whole/r/results.nc" "$work/broken/r/results.nc" 2>&1 | wc -l)
[ "$differing" -le 40 ]
verdict $? "results.nc differs in $differing bytes, those of its time"
[ -z "$(find "$work/broken" -maxdepth 1 -name '*partial*')" ]
verdict $? "killed runs leave no folders"

# out of time: a checkpoint and a status of its own; then on to the end
mkdir "$work/timed"
expect_status 5 run_in timed --time-limit=0.4s particles.count=3e6
expect_stderr 'the time is up; the same command with --resume goes on'
expect_status 5 run_in timed --time-limit=0.4s particles.count=3e6
expect_file "$work/timed/r.checkpoint"
expect_status 2 run_in timed --time-limit=soon
expect_stderr 'must be a time such as 90s'

# sums of moments and counts of quantiles go on too
cat >"$work/moments.yaml" <<'END'
variables: [x]
drift: -x
noise: 0.5*x
time: {output: [0.5, 1]}
initial: {uniform: {from: 1, to: 2}}
particles: {count: 1.5e6, step: 2e-3, halving: 0.5}
pde: off
END
expect_status 0 fokker run "$work/moments.yaml" -q -o "$work/at_once"
"$FOKKER" run "$work/moments.yaml" -q -o "$work/in_parts" --checkpoint=0.01s --time-limit=0.4s
verdict $(($? != 5)) "a run of moments is out of time"
expect_status 0 fokker run "$work/moments.yaml" -q -o "$work/in_parts" --resume
for folder in at_once in_parts; do
    sed -n '/"comparisons"/,/"exits"/p' "$work/$folder/summary.json" >"$work/$folder.json"
done
expect_file "$work/at_once.json"
expect_same "$work/at_once.json" "$work/in_parts.json"

finish
