#!/bin/sh
# The program as a user meets it: help, lists, and every wrong turn before a run.
# shellcheck disable=SC2034
. tests/cli.sh

expect_status 2 fokker
expect_stdout '^  run '
expect_status 0 fokker help
expect_status 0 fokker --help
expect_status 0 fokker help run
expect_stdout 'params.sigma=0.5'
expect_status 0 fokker version
expect_stdout '^fokker [0-9]+\.[0-9]+\.[0-9]+'
expect_status 0 fokker --version
for name in run check list describe order replay expect infer plot; do
    expect_status 0 fokker "$name" --help
    expect_stdout "^usage: fokker $name"
done

expect_status 2 fokker rnu
expect_stderr "did you mean 'run'"
expect_status 2 fokker run
expect_stderr 'which problem file'
expect_status 2 fokker run --frobnicate
expect_status 2 fokker run no_such_experiment
expect_stderr 'fokker list experiments'
expect_status 0 env -C / "$FOKKER" list experiments
expect_stdout '^  ornstein_uhlenbeck '
expect_status 4 fokker run no/such/file.yaml
expect_stderr 'no/such/file.yaml'
expect_status 2 fokker run ornstein_uhlenbeck particles.count
expect_stderr 'KEY=VALUE'
expect_status 2 fokker run -j 0 ornstein_uhlenbeck
expect_stderr '1 to 4096'

expect_status 0 fokker list
expect_stdout '^  chang-cooper'
expect_stdout '^  euler-maruyama'
expect_stdout '^  tr-bdf2'
expect_stdout '^  double_well'
expect_status 2 fokker list proceses
expect_stderr "did you mean 'processes'"
expect_status 0 fokker describe ou
expect_stdout 'dX = '
expect_status 0 fokker describe end-point
expect_stdout 'taken as in hanggi-klimontovich; other interpretations are converted'
expect_status 0 fokker describe scharfetter-gummel
expect_stdout '^  W\(P\) = P/\(exp\(P\) - 1\)$'
expect_stdout '^  order 2, 1 without noise or where the drift rules a cell; positive$'
expect_status 0 fokker describe tr-bdf2
expect_stdout '^  R\(z\) = '
expect_stdout '^  for: '
expect_status 0 fokker describe particles.step
expect_status 2 fokker describe nothing_at_all
expect_status 2 fokker plot
expect_status 4 fokker plot "$work/nothing"

expect_status 0 fokker expect ornstein_uhlenbeck 'x^2' --error=0.02 -q
expect_stdout '^E\[x\^2\] at t = 1 is 1.4'
expect_stdout '^Fokker-Planck: 1.4'
expect_status 0 fokker expect ornstein_uhlenbeck 'x^2' --error=0.02 -q --method=all
expect_stdout '^quasi-random  *1.4'
expect_status 0 fokker expect rotating_ou x --error=0.1 -q --method=all particles.scheme=exact-linear pde=off
expect_stdout '^extrapolated  *the scheme exact-linear is exact'
expect_stdout '^Fokker-Planck: no value, as'
expect_status 2 fokker expect ornstein_uhlenbeck x --method=antithetick
expect_stderr "did you mean 'antithetic'"
expect_status 2 fokker expect ornstein_uhlenbeck 'y^2'
expect_stderr "unknown name 'y'"
expect_status 2 fokker expect ornstein_uhlenbeck x --error=0
expect_status 2 fokker expect ornstein_uhlenbeck
expect_status 0 fokker expect cauchy_noise x -q --error=1
expect_stdout '^warning: the largest values fall off like a power with index 1'
expect_status 4 fokker expect ornstein_uhlenbeck '1/(x - 1)' -q --error=0.3
expect_stderr 'variance looks infinite'
expect_status 0 fokker order pde double_well -q -o "$work/order_pde"
expect_stdout '^holds: scharfetter-gummel with tr-bdf2 converges with order (1\.9|2\.0)'
expect_file "$work/order_pde/order.svg"
expect_status 2 fokker order pde double_well -q pde=off
expect_status 0 fokker order pde student_t -q
expect_stdout '^order 2\.00'

# an axis without ends: the equation of u is shown, nothing leaves, the verdict is the usual one
expect_status 0 fokker check student_t
expect_stdout 'to inf \(natural\), 400 cells of 0\.00785398 in u, x = sqrt\(nu\)\*tan\(u\)'
expect_status 0 fokker check geometric_brownian 'domain.x={map: exp(u), from: 0.01, to: 20, cells: 300}'
expect_stdout '^  J_u = \(mu - 0\.5\*sigma\^2\) q - \(0\.5\*sigma\^2\) dq/du$'
expect_status 0 fokker run student_t -q particles.count=20000 particles.step=5e-3 compare.tolerance=0.2 \
    pde.stepper=hundsdorfer-verwer output.plots=false -o "$work/student"
expect_stdout 'truncation'
expect_stdout '^verdict: agree'
expect_status 0 fokker analyze student_t stationary -q --no-plots -o "$work/student_stationary"
expect_stdout '^mean x  *-*[0-9.]*e-1'
expect_stdout 'detailed balance: no current'

# coarser increments: the value is the density's, and who needs Gaussian ones says so
expect_status 0 fokker expect ornstein_uhlenbeck 'x^2' --error=0.02 -q --method=plain particles.increments=rademacher
expect_stdout '^E\[x\^2\] at t = 1 is 1.4'
expect_stdout '^Fokker-Planck: 1.4'
expect_status 2 fokker expect double_well x -q particles.increments=rademacher
expect_stderr 'multilevel needs gaussian'
expect_status 2 fokker order strong double_well -q particles.increments=three-point
expect_stderr 'strong order needs gaussian'
expect_status 2 fokker run double_well -q particles.increments=gausian
expect_stderr "did you mean 'gaussian'"
expect_status 2 fokker run double_well -q particles.scheme=sriw1 particles.increments=rademacher
expect_stderr 'sriw1 accepts gaussian ones, not rademacher'

expect_status 0 fokker check killed_brownian
expect_stdout 'dp/dt = - dJ_x/dx - \(2\*x\^2\) p'
expect_status 0 fokker expect killed_brownian 1 -q
expect_stdout 'E\[\(1\) exp\(-int \(2\*x\^2\) dt\)\]'
expect_stdout '^Fokker-Planck: 0\.1748' # sqrt(cosh(0.2)/cosh(4.2))
expect_status 0 fokker order pde killed_brownian -q
expect_status 2 fokker check killed_brownian source=1
expect_stderr "write 'particles: off'"
expect_status 0 fokker expect killed_brownian 1 -q particles=off drift=0 noise=0 killing=1 \
    source='3*x^2/128' exact=0 initial='{density: 0.125}' domain.x.cells=50
expect_stdout '^Fokker-Planck: 1, changed' # source and killing balance in the mass
expect_status 2 fokker order sideways double_well
expect_stderr 'strong, weak'
expect_status 2 fokker order strong
expect_status 2 fokker order strong double_well --levels=2
expect_stderr '3 to 16'
expect_status 0 fokker order strong stratonovich particles.step=2e-3 -q -o "$work/order"
expect_stdout '^holds: euler-maruyama'
expect_file "$work/order/order.png"
expect_status 0 fokker order strong rotating_ou particles.scheme=exact-linear -q
expect_stdout '^holds: exact-linear is declared exact'
expect_stdout 'as exact-linear draws no increments'

# exact references: along the path, where no path reaches the wall too, and of moments
expect_status 0 fokker order strong rotating_ou --paths=2000 -q --json
expect_stdout '"reference": "against the exact solution along the same Brownian paths"'
expect_status 0 fokker order strong geometric_brownian particles.scheme=milstein --paths=2000 -q
expect_stdout '^against the exact solution'
expect_stdout '^holds: milstein converges with strong order (0\.9|1\.0)'
expect_status 0 fokker order weak ornstein_uhlenbeck --paths=20000 -q
expect_stdout '^E x at the shortest step 0\.7.* exact 0\.735759'
expect_status 0 fokker order strong double_well time=1 --paths=500 -q
expect_stdout 'no exact solution is known along the paths, as no change of variables'
expect_status 3 fokker order weak double_well time=1 particles.step=1e-4 --paths=100 -q
expect_stdout '^inconclusive'

# one path alone, the same in any company
expect_status 0 fokker replay drift_diffusion particle=300 --every=100
expect_stdout '^t,evidence'
expect_stdout '^0.29999999999999999,'
expect_stderr 'particle 300 left through evidence = 2 at t = 0.417'
tail -n +2 "$work/stdout" >"$work/alone"
expect_status 0 fokker replay drift_diffusion particle=299-300 --every=100
sed -n 's/^300,//p' "$work/stdout" >"$work/beside"
expect_same "$work/alone" "$work/beside"
expect_status 2 fokker replay drift_diffusion
expect_stderr 'particle=17'
for list in 1000000 0-9,1000000 -1 3-2 1,,2 x; do
    expect_status 2 fokker replay drift_diffusion "particle=$list"
    expect_stderr 'from 0 to 999999'
done
expect_status 2 fokker replay drift_diffusion particle=1 --every=0
expect_status 2 fokker replay drift_diffusion particle=1 particles=off

expect_status 0 fokker check double_well
expect_stdout 'Fokker-Planck equation'
expect_stdout 'Estimates'
expect_status 2 fokker check double_well particles.cuont=1
expect_stderr "count"
expect_status 2 fokker check double_well particles.scheme=euler-maruyma
expect_stderr "did you mean 'euler-maruyama'"
expect_status 2 fokker check double_well particles=off pde.stepper=ssp-rk3 pde.step=0.01
expect_stderr 'too long for ssp-rk3 .* at most 0.000633'
expect_status 2 fokker check double_well pde.stepper=uniformisation 'drift=-x*t'
expect_stderr "'uniformisation' needs drift and noise that are free of t"
expect_status 2 fokker check double_well pde.flux=chang
expect_stderr 'chang-cooper'
expect_no_stdout

finish
