#!/bin/sh
# Log-densities by the probability flow from the shell.
# shellcheck disable=SC2034
. tests/cli.sh

cat >"$work/two.yaml" <<'END'
name: two
process: vp
variables: [x]
time: {end: 1}
domain: {x: {from: -5, to: 5, cells: 200, boundary: open}}
initial:
  mixture:
    - {weight: 0.3, mean: -2, sd: 0.25}
    - {weight: 0.7, mean: 1, sd: 0.5}
END

likelihood() {
    fokker likelihood "$work/two.yaml" -q -f -o "$work/out" --no-plots "$@"
}

# known ends of paths: log q there, and at their starts
expect_status 0 likelihood \
    --at='-2.191056995206; -0.130866636943; 1.074042123128; 1.653668744972'
for numbers in '-1.029318 *-2.044895' '-3.139258 *-1.044285' '-0.5936083 *-1.043628' \
    '-1.437059 *-2.042924'; do
    expect_stdout "$numbers"
done
expect_stdout 'agree: no log q is further than'
expect_file "$work/out/points.csv"
expect_file "$work/out/summary.json"

# draws, the same bytes for any number of threads; JSON; a picture
expect_status 0 fokker likelihood "$work/two.yaml" -q -o "$work/one" -j 1 --count=300
expect_file "$work/one/plots/likelihood.png"
expect_status 0 likelihood -j 3 --count=300
expect_same "$work/one/points.csv" "$work/out/points.csv"
expect_status 4 fokker likelihood "$work/two.yaml" -q -o "$work/one"
expect_status 0 likelihood --json --count=10
expect_stdout '"bits_per_dimension"'

# too few steps are the reason, or the score of the grid
expect_status 3 likelihood --steps=16 --count=50
expect_status 0 likelihood --score=grid --count=50

# points from a file
printf 'x,y\n0.5,1\n-2,3\n' >"$work/points.csv"
expect_status 0 likelihood --points="$work/points.csv"
expect_status 2 likelihood --points="$work/two.yaml"
expect_status 2 likelihood --first=2
expect_stderr 'must be a time from 0'
expect_status 2 likelihood --score=gird
expect_stderr 'must be one of exact, grid, network'
expect_status 2 fokker likelihood double_well -q --score=exact
expect_stderr 'an exact score needs'
expect_status 2 likelihood --at='1,2'
expect_stderr 'points of 1 finite numbers'
expect_status 2 likelihood --probes=1
expect_stderr 'at least 2'
expect_status 2 likelihood --steps=7
expect_stderr 'must be even'
expect_status 4 likelihood --score=network --network="$work/none"
expect_stderr 'none'

# walls change the law, and killing ends paths
expect_status 2 likelihood domain.x.boundary=reflecting
expect_stderr 'open ends'
expect_status 4 fokker likelihood killed_brownian -q --score=grid -o "$work/x"
expect_stderr 'paths are killed'

# a nonlinear drift by the grid, to the law that it began with
expect_status 0 fokker likelihood double_well -q --score=grid --first=0 --count=200 \
    --probes=0 --no-plots -o "$work/well" time.end=1 time.output=1
expect_stdout 'grid score, .* prior: the density on the grid'
expect_stdout '^KL of q from p at t = 0: [0-9.]+e-05 '
finish
