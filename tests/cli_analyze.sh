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
expect_file out/double_well_stationary/results.nc
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

# Eigenvalues, transitions, exits and transport known to many digits.
expect_status 0 fokker analyze -q --no-plots double_well spectrum --modes=3
expect_stdout '^lambda_1  *-0.187170[34]'
expect_stdout '^lambda_2  *-1.50102'
expect_status 0 fokker analyze -q --no-plots rotating_ou spectrum --modes=2 domain.x.cells=64 domain.y.cells=64
expect_stdout '^lambda_1, imaginary part'
expect_status 0 fokker analyze -q --no-plots double_well committor 'A=x < -0.8123' 'B=x > 0.8321'
expect_stdout '^transitions per time, one way  *0.0390006'
# A set that is smaller than the cells of the coarsest grid: the finer three have to do.
expect_status 0 fokker analyze -q -f --no-plots double_well committor 'A=abs(x + 1) < 0.03' 'B=x > 0.8' domain.x.cells=200
expect_stdout '^  100, 50$'
expect_status 2 fokker analyze -q -f double_well committor 'A=x < -1'
expect_stderr 'between which sets'
expect_status 2 fokker analyze -q -f double_well committor 'A=x < -1' 'B=y > 1'
expect_stderr "unknown name 'y'"
expect_status 4 fokker analyze -q -f double_well committor 'A=x < -1' 'B=x > -1'
expect_stderr 'overlap|touch'
expect_status 0 fokker analyze -q --no-plots drift_diffusion exit parameters.drift_rate=1 'initial={point: 1}'
expect_stdout '^mean exit time \[s\]  *0.76159'
expect_stdout '^probability of evidence = 2  *0.88079'
expect_status 0 fokker analyze -q --no-plots drift_diffusion quasi-stationary parameters.drift_rate=0
expect_stdout '^rate of leaving \[1/s\]  *1.23370'
expect_status 4 fokker analyze -q -f double_well exit
expect_stderr 'nothing ever leaves'
expect_status 4 fokker analyze -q -f double_well quasi-stationary
expect_status 0 fokker analyze -q --no-plots tilted_washboard transport parameters.F=1 parameters.D=0.1 domain.x.cells=1024
expect_stdout '^mean velocity along x \[rad\]  *0.36895324'
expect_stdout '^effective diffusion along x \[rad\^2\]  *0.41112993'
expect_status 4 fokker analyze -q -f tilted_washboard transport domain.x.to=6
expect_stderr 'drift is not periodic along x'
expect_status 4 fokker analyze -q -f double_well transport
expect_stderr 'no axis is periodic'
expect_status 0 fokker analyze -q --no-plots tilted_washboard current
expect_stdout '^int J_x, mean velocity  *0.0736704'

# A picture of each kind, drawn.
expect_status 0 fokker analyze -q -f double_well spectrum
expect_file out/double_well_spectrum/plots/modes.png
grep -q '<figure id="left_modes"><img' out/double_well_spectrum/report.html
verdict $? 'the report shows the modes'
grep -q '<td>lambda_2</td><td>-1.50102' out/double_well_spectrum/report.html
verdict $? 'the report has the eigenvalues'
expect_status 0 fokker analyze -q rotating_ou current domain.x.cells=64 domain.y.cells=64
expect_file out/rotating_ou_current/plots/current.svg
finish
