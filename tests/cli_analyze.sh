#!/bin/sh
# Analyses as a user meets them: numbers known in closed form, refusals that say why.
# shellcheck disable=SC2034
. tests/cli.sh
cd "$work" || exit 1
cp -r "$OLDPWD/experiments" .

expect_status 2 fokker analyze
expect_stderr 'problem file and an analysis'
expect_status 2 fokker analyze double_well stationery
expect_stderr "did you mean 'stationary'"
expect_status 2 fokker analyze double_well spectrum --modes=0
expect_status 2 fokker analyze double_well stationary nonsense=1

# E x^2 = 0.8327455 at D = 1/4, in equilibrium; the result is a folder that is not replaced.
expect_status 0 fokker analyze -q --no-plots double_well stationary
expect_stdout '^variance x  *0.83274548'
expect_stdout 'detailed balance: no current'
expect_file out/double_well_stationary/summary.json
expect_status 4 fokker analyze -q double_well stationary
expect_stderr '--force'
expect_status 0 fokker analyze -q --json --no-plots -o other double_well stationary domain.x.cells=202
expect_stdout '"analysis": "stationary"'

# No density: mass leaves; free motion; two parts; time.
sed 's/^name: .*/name: free/; s/^drift: .*/drift: 0/; s/reflecting/open/' experiments/double_well.yaml >free.yaml
expect_status 4 fokker analyze -q free.yaml stationary
expect_stderr 'no stationary density here: mass leaves through the open faces x = -3, x = 3'
expect_status 4 fokker analyze -q drift_diffusion stationary
expect_stderr 'absorbing faces evidence = 0, evidence = 2'
sed 's/^name: .*/name: parts/; s/^drift: .*/drift: -x/; s/^noise: .*/noise: x/' experiments/double_well.yaml >parts.yaml
expect_status 4 fokker analyze -q parts.yaml stationary
expect_stderr 'more than one stationary density.*2 separate parts'
sed 's/^name: .*/name: driven/; s/^drift: .*/drift: -x*t/' experiments/double_well.yaml >driven.yaml
expect_status 4 fokker analyze -q driven.yaml stationary
expect_stderr 'depend on t'
finish
