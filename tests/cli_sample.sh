#!/bin/sh
# Samplers of diffusion models from the shell.
# shellcheck disable=SC2034
. tests/cli.sh

cat >"$work/gauss.yaml" <<'END'
name: gauss
process: vp
variables: [x]
time: {end: 1}
initial: {gaussian: {mean: 0, sd: 0.5}}
pde: off
sampler: {steps: 40, times: uniform, prior: standard, count: 2000}
END
cat >"$work/two.yaml" <<'END'
name: two
process: vp
variables: [x]
time: {end: 1}
initial:
  mixture:
    - {weight: 0.3, mean: -2, sd: 0.25}
    - {weight: 0.7, mean: 1, sd: 0.5}
pde: off
sampler: {count: 1e5}
compare: {tolerance: 0.03}
END

# the number of JSON that follows the name
number() {
    sed -n "s/^ *\"$1\": \\[*\\([^],]*\\).*/\\1/p" "$work/stdout" | head -n 1
}

# standard deviation of Gaussian data, exactly: of DDIM, of Euler-Maruyama
near() {
    awk -v a="$1" -v b="$2" -v tolerance="$3" \
        'BEGIN { d = a - b; exit !(d < tolerance && -d < tolerance) }'
    verdict $? "$1 is $2 within $3"
}

gauss() {
    fokker sample "$work/gauss.yaml" -q -f -o "$work/gauss" --no-plots "$@"
}
gauss sampler.method=ddim --json >"$work/stdout" 2>"$work/stderr"
near "$(number sd)" 0.4659904 2e-6
gauss sampler.method=reverse-sde --json >"$work/stdout" 2>"$work/stderr"
near "$(number sd)" 0.5105401 2e-6

# a mixture: the verdict, the samples, the pictures
expect_status 0 fokker sample "$work/two.yaml" -q -o "$work/two" \
    sampler.method='[heun, dpm-3]'
expect_stdout 'heun: agree'
expect_stdout 'exact draws'
expect_file "$work/two/samples/heun.csv"
expect_file "$work/two/samples/dpm-3.csv"
expect_file "$work/two/plots/samples.png"
expect_file "$work/two/plots/trajectories.png"
expect_file "$work/two/summary.json"
expect_status 4 fokker sample "$work/two.yaml" -q -o "$work/two"
expect_status 3 fokker sample "$work/two.yaml" -q -f -o "$work/two" --no-plots \
    sampler.method=ddim sampler.steps=20
expect_stdout 'its 20 steps the rest'
expect_status 1 fokker sample "$work/two.yaml" -q -f -o "$work/two" --no-plots \
    sampler.method=annealed-langevin
expect_status 1 fokker sample "$work/two.yaml" -q -f -o "$work/two" --no-plots \
    sampler.method=heun sampler.prior=noise time.end=0.3 sampler.steps=100

# the same bytes for any number of threads
expect_status 3 fokker sample "$work/two.yaml" -q -f -o "$work/one" --no-plots -j 1 \
    sampler.method=reverse-sde sampler.count=5000
expect_status 3 fokker sample "$work/two.yaml" -q -f -o "$work/three" --no-plots -j 3 \
    sampler.method=reverse-sde sampler.count=5000
expect_same "$work/one/samples/reverse-sde.csv" "$work/three/samples/reverse-sde.csv"

# points, many variables, and a density of no formula
cat >"$work/points.csv" <<'END'
a,b,c
1,0,0
0,1,0
0,0,1
END
expect_status 0 fokker sample "$work/two.yaml" -q -f -o "$work/points" --no-plots \
    variables='[a, b, c]' sampler.first=0.05 sampler.method=dpm-3 sampler.count=2e4 \
    compare.tolerance=0.1 \
    initial="{samples: {file: $work/points.csv, columns: [a, b, c]}}"
expect_status 0 fokker sample double_well -q -f -o "$work/well" --no-plots \
    sampler.steps=200 sampler.count=2e4 compare.tolerance=0.1 time='{end: 1}'
expect_stdout 'grid score, start from the density there'

# wrong words and impossible wishes
expect_status 2 fokker sample "$work/two.yaml" -q sampler.method=dpmpp2m
expect_stderr "did you mean 'dpmpp-2m'"
expect_status 2 fokker sample "$work/two.yaml" -q sampler.times=logsnr
expect_stderr "did you mean 'log-snr'"
expect_status 2 fokker sample "$work/two.yaml" -q sampler.score=grid
expect_stderr 'no grid score'
expect_status 2 fokker sample "$work/two.yaml" -q sampler.prior=gauss
expect_stderr 'there are: exact, noise, standard'
expect_status 2 fokker sample killed_brownian -q
expect_stderr 'no way back for'
expect_status 4 fokker sample double_well -q -f -o "$work/well" sampler.method=ddim
expect_stderr 'the sampler ddim needs'
expect_status 2 fokker sample
expect_stderr 'which problem file'
finish
