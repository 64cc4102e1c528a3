#!/bin/sh
# Scores put together as a user meets them: the composition is found with weights and missed
# without, for any threads; wrong sections are told.
# shellcheck disable=SC2034
. tests/cli.sh

cat >"$work/guided.yaml" <<'END'
name: guided
variables: [x]
drift: -x
noise: sqrt(2)
time: {end: 2}
domain: {x: {from: -4, to: 5, cells: 90, boundary: open}}
initial: {gaussian: {mean: 1, sd: 1}}
compare: {tolerance: 0.2}
compose:
  rule: guidance
  laws: [gaussian: {mean: 0, sd: 2}]
  groups: 20
sampler: {steps: 150, count: 20000}
END

compose() {
    fokker compose -q --no-plots "$work/guided.yaml" "$@"
}

# At t = 0.002 N(1, 1)^2 / N(0, 4) has the precision 2 - 1/(1 + 3 e^-2t) and the mean 2 e^-t
# over it.
expect_status 0 compose -o "$work/a"
expect_stdout '^mean x  *1.14106'
expect_stdout '^variance x  *0.57167'
# Without weights dm/dr = m + 2 S(m) and dv/dr = 2 (1 + 2 S') v + 2 lead to N(1.24802, 0.43788).
expect_stdout '^mean x .* 1\.2480[0-9] '
expect_stdout '^variance x .* 0\.4378[0-9] '
expect_stdout '^agree: with weights no difference was found'
expect_stdout 'without them .* standard errors off'
expect_file "$work/a/summary.json"
expect_status 4 compose -o "$work/a"
expect_stderr '--force'

# The same digits on any number of threads; one law alone needs no weights.
expect_status 0 compose --threads=1 -f -o "$work/a" --json
cp "$work/stdout" "$work/one"
expect_status 0 compose --threads=3 -f -o "$work/a" --json
cmp -s "$work/stdout" "$work/one"
verdict $? 'threads do not change the numbers'
expect_status 0 compose -f -o "$work/a" compose.weight=0 compare.tolerance=0.5
expect_stdout 'nor was one found without them'
expect_stdout '^L1 distance .* 0\.000[0-9]* '

expect_status 0 compose -f -o "$work/a" pde=off
expect_stdout '^mean x .* - '
# The plane: two alike, independent in x and y, whose variances are 1/3 without weights.
cat >"$work/plane.yaml" <<'END'
name: plane
variables: [x, y]
drift: [0, 0]
noise: [1, 1]
time: {end: 25}
domain: {x: {from: -4, to: 4, cells: 40, boundary: open}, y: {from: -4, to: 4, cells: 40, boundary: open}}
initial: {gaussian: {mean: [0, 0], sd: 1}}
compare: {tolerance: 1}
sampler: {first: 1e-6, steps: 150, count: 4000}
compose:
  rule: product
  groups: 8
  laws: [gaussian: {mean: [0, 0], sd: 1}]
END
expect_status 0 fokker compose -q --no-plots -o "$work/plane" "$work/plane.yaml"
expect_stdout '^variance x  *0\.5000.* 0\.333[0-9]* '
expect_stdout '^variance y  *0\.5000.* 0\.333[0-9]* '

# What cannot be.
expect_status 2 compose compose.rule=sum
expect_stderr "expected product, guidance or nbce; found 'sum'"
expect_status 4 compose compose.weight=-7 -o "$work/b"
expect_stderr 'asks for what is no probability density'
expect_status 2 compose sampler.method=annealed-langevin -o "$work/b"
expect_stderr 'does not approximate the reverse equation'
expect_status 4 compose sampler.method=restart -o "$work/b"
expect_stderr 'walks some intervals more than once'
expect_status 2 compose drift=-x^3 -o "$work/b"
expect_stderr 'a drift that is linear'
sed '/^compose:/,/groups/d' "$work/guided.yaml" >"$work/none.yaml"
expect_status 2 fokker compose "$work/none.yaml"
expect_stderr "no section 'compose'"
sed 's/gaussian: {mean: 0, sd: 2}/point: 0/' "$work/guided.yaml" >"$work/point.yaml"
expect_status 2 fokker compose "$work/point.yaml"
expect_stderr 'compose.laws'

finish
