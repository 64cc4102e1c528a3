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

# every sampler of the list, those without a law of that kind among them
expect_status 1 fokker sample "$work/gauss.yaml" -q -f -o "$work/gauss" --no-plots \
    sampler.method=all
expect_stdout 'annealed-mala .* - *'
expect_stdout '^restart'

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

# a score that is a tenth too strong: its error is known, and bounds that of the SDE's law
fokker sample "$work/two.yaml" -q -f -o "$work/wrong" --no-plots --json \
    sampler='{error: {scale: 0.1}, method: reverse-sde, steps: 160, count: 1e5}' \
    >"$work/stdout" 2>"$work/stderr"
verdict $(($? != 1)) "a wrong score is found out"
near "$(awk -v a="$(number mean_square)" -v b="$(number score_mean_square)" 'BEGIN { print a / b }')" \
    0.01 1e-9
awk -v kl="$(number kl)" -v bound="$(number kl_bound)" \
    'BEGIN { exit !(kl > bound / 100 && kl < bound) }'
verdict $? "KL $(number kl) is below its bound $(number kl_bound)"
# of Gaussian data, V = 1 - 3/4 exp(-B): 0.1^2/2 int beta/V dt = 0.0571791, the trapezoidal
# rule 0.0000138 above it, within four standard errors
fokker sample "$work/gauss.yaml" -q -f -o "$work/wrong" --no-plots --json \
    sampler='{error: {scale: 0.1}, method: reverse-sde, count: 2000}' \
    >"$work/stdout" 2>"$work/stderr"
near "$(number kl_bound)" 0.0571929 \
    "$(awk -v e="$(number kl_bound_error)" 'BEGIN { print 4 * e }')"
near "$(number kl_bound_error)" 0 0.0005
expect_status 2 fokker sample "$work/two.yaml" -q sampler.error=0.1
expect_stderr 'sampler.error: expected map'

# orders: paths from one start, in 10 to 320 steps, as published
row() {
    awk -v sampler="$1" -v title="$2" 'index($0, title) == 1 { on = 1 }
        NF == 0 { on = 0 }
        on && $1 == sampler { $1 = ""; print; exit }' "$work/stdout"
}
expect_row() {
    row "$1" "$2" >"$work/row"
    grep -q -- "$3" "$work/row"
    verdict $? "$1, $2: $3"
}
two="method: [ddim, heun, dpm-2, dpmpp-2m, dpm-3]"
fokker order sampler "$work/two.yaml" -q --from=0.5 sampler="{$two}" >"$work/stdout"
expect_row ddim 'error at' \
    '-1.104e-01 -5.487e-02 -2.709e-02 -1.347e-02 -6.715e-03 -3.353e-03 1.00'
expect_row heun 'error at' \
    '-1.386e-02 -4.878e-03 -1.311e-03 -3.356e-04 -8.461e-05 -2.123e-05 2.00'
expect_row dpm-2 'error at' \
    '4.298e-02 1.034e-02 2.341e-03 5.573e-04 1.360e-04 3.360e-05 2.02'
expect_row dpmpp-2m 'error at' \
    '7.310e-02 1.514e-02 3.308e-03 7.736e-04 1.873e-04 4.610e-05 2.02'
expect_row dpm-3 'error at' \
    '-2.497e-03 -3.139e-04 -3.384e-05 -4.009e-06 -4.878e-07 -6.016e-08 3.02'

# of Gaussian data: standard deviations, and variances from the exact law at the end
four='method: [ddim, ancestral, reverse-sde, euler], times: uniform'
fokker order sampler "$work/gauss.yaml" -q sampler="{$four, prior: standard}" \
    >"$work/stdout"
expect_row reverse-sde 'error of the st' \
    '7.203e-02 2.459e-02 1.046e-02 4.833e-03 2.324e-03 1.139e-03'
expect_row ancestral 'error of the st' \
    '-1.666e-01 -1.084e-01 -6.618e-02 -3.816e-02 -2.102e-02 -1.120e-02'
expect_row euler 'error of the st' \
    '-1.322e-02 -9.041e-03 -5.105e-03 -2.700e-03 -1.387e-03 -7.029e-04'
fokker order sampler "$work/gauss.yaml" -q --steps=50 --levels=3 \
    sampler="{$four, first: 1e-12}" >"$work/stdout"
expect_row ddim 'variance' '0.222131 0.235597'
expect_row ancestral 'variance' '0.197218 0.219212'
expect_row reverse-sde 'variance' '0.258018 0.253747'
expect_row euler 'variance' '0.245690 0.247746'

# several on one page; a score from the grid
expect_status 0 fokker order sampler "$work/two.yaml" -q -o "$work/page" \
    sampler.method='[ddim, heun]'
expect_file "$work/page/samplers.png"
expect_status 0 fokker order sampler double_well -q --levels=4 sampler.method=heun \
    time='{end: 1}' sampler.times=uniform
expect_stdout 'a far finer solution'
expect_status 2 fokker order sampler "$work/two.yaml" -q --from=a
expect_stderr 'numbers between commas'

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
