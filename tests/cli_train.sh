#!/bin/sh
# A score is learned, stopped, gone on with, sampled and judged.
# shellcheck disable=SC2034
. tests/cli.sh

cat >"$work/two.yaml" <<'END'
name: two
process: vp
variables: [x]
time: {end: 1}
domain: {x: {from: -5, to: 5, cells: 100, boundary: open}}
initial:
  mixture:
    - {weight: 0.3, mean: -1.5, sd: 0.3}
    - {weight: 0.7, mean: 1, sd: 0.5}
train: {hidden: 2, width: 16, batch: 256, steps: 1500, judgments: 6, samples: 1000, sample_steps: 30}
particles: {count: 1e4}
END

train() {
    fokker train "$work/two.yaml" --no-plots "$@"
}

expect_status 0 train -o "$work/whole"
expect_stdout 'above its exact floor by'
expect_stderr 'KL <='
expect_file "$work/whole/score.safetensors"
expect_file "$work/whole/summary.json"
expect_no_file "$work/whole.checkpoint"

# stopped until it is through: the same bytes
tries=0
while [ ! -e "$work/broken" ] && [ $tries -lt 100 ]; do
    "$FOKKER" train "$work/two.yaml" --no-plots -q -o "$work/broken" --resume \
        --time-limit=0.15s >/dev/null 2>"$work/stderr"
    status=$?
    [ $status -eq 5 ] || break
    tries=$((tries + 1))
    [ $tries -lt 3 ] || break
done
echo "# stopped $tries times"
if [ -e "$work/broken.checkpoint" ]; then
    expect_status 4 train -o "$work/broken"
    expect_stderr 'resume goes on from there'
    expect_status 4 train -o "$work/broken" --resume train.seed=2
    expect_stderr 'another problem or other settings'
fi
[ -e "$work/broken" ] || expect_status 0 train -o "$work/broken" --resume
expect_same "$work/whole/score.safetensors" "$work/broken/score.safetensors"
sed '/seconds"/d' "$work/whole/summary.json" >"$work/whole.json"
sed '/seconds"/d' "$work/broken/summary.json" >"$work/broken.json"
expect_same "$work/whole.json" "$work/broken.json"

# --force replaces it
expect_status 4 train -o "$work/whole"
expect_status 0 train -q -f -o "$work/broken" train.steps=20

# the network drives the samplers of a run
expect_status 0 fokker run "$work/two.yaml" --no-plots -q -o "$work/run" particles=off \
    reverse="{steps: 50, count: 2e4, score: [network], network: $work/whole/score.safetensors}" \
    output.plots=false
expect_stdout 'reverse SDE, network score'
expect_status 4 fokker run "$work/two.yaml" --no-plots -q -f -o "$work/run" particles=off \
    process=sub-vp \
    reverse="{steps: 50, count: 2e4, score: [network], network: $work/whole/score.safetensors}"
expect_stderr 'another process'

# what cannot be learned
expect_status 2 train -o "$work/x" train.objective=denoise
expect_stderr "did you mean 'denoising'"
expect_status 2 train -o "$work/x" train.batch=1000
expect_stderr 'multiple of 256'
expect_status 4 train -o "$work/nan" train.rate=10 train.warmup=0 train.optimizer=lion \
    train.decay=1e6 train.steps=200
expect_stderr 'not finite'
expect_file "$work/nan/score.safetensors"
expect_status 2 fokker train double_well -q -o "$work/x"
expect_stderr 'must be linear'
cat >"$work/wide.csv" <<'END'
a,b
1,2
3,4,5
END
expect_status 2 fokker train "$work/two.yaml" -q -o "$work/x" \
    initial="{samples: {file: $work/wide.csv, columns: [a]}}"
expect_stderr 'wide.csv:3'
finish
