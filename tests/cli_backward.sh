#!/bin/sh
# The backward equation as a user meets it: numbers known in closed form, refusals.
# shellcheck disable=SC2034
. tests/cli.sh
cd "$work" || exit 1
cp -r "$OLDPWD/experiments" .

expect_status 2 fokker backward double_well
expect_stderr 'nothing is paid: give --payoff'
expect_status 2 fokker backward -q double_well --payoff=y
expect_stderr "unknown name 'y'"
expect_status 2 fokker backward -q double_well --payoff=x --at=7
expect_stderr 'outside of the domain'
expect_status 2 fokker backward -q double_well --payoff=x --at=0,1
expect_stderr 'must be 1 number'
expect_status 2 fokker backward -q double_well --payoff=x --exit=1
expect_stderr 'no face of the domain absorbs'
expect_status 2 fokker backward -q double_well --cost=x --particles
expect_stderr 'adds up no --cost'
expect_status 4 fokker backward -q zalesak_disc --payoff=x
expect_stderr "the flux 'weno5' has no transpose"

# Cameron and Martin: exp(-x^2 tanh 4) / sqrt(cosh 4) = 0.179774 at x = 1/4, by the equation
# and by particles.
expect_status 0 fokker backward -q --no-plots killed_brownian --payoff=1 --at=0.25 --particles \
    particles.count=2e4 domain.x.cells=200
expect_stdout '^u\(0.25\), t = 0  *0.17977[0-9]'
expect_stdout 'by 20000 particles in steps of 0.01: 0.1[78]'
expect_file out/killed_brownian_backward/summary.json
expect_file out/killed_brownian_backward/results.nc

finish
