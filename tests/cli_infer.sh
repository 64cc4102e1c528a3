#!/bin/sh
# `fokker infer` as a user meets it: a series to a model that runs, and every wrong turn.
# shellcheck disable=SC2034
. tests/cli.sh

yields=experiments/treasury_yields.csv

# real data with a model of its own: the noise grows like the rate to the power 1.6 +- 0.1
expect_status 0 fokker infer $yields treasury_yields --columns=year,ten -q -o "$work/yields"
expect_stdout '^ten|^ +ten +starts +drift'
expect_stdout '^ +g +1\.6[0-9]* +0\.1'
expect_stdout '^steps against the model: .* p-value 0\.2'
expect_file "$work/yields/problem.yaml"
expect_file "$work/yields/summary.json"
expect_file "$work/yields/plots/infer.png"
expect_status 0 fokker check "$work/yields/problem.yaml"
grep -q "^parameters: .*g: 1\.6" "$work/yields/problem.yaml"
verdict $? "the problem file holds what was found" "$work/yields/problem.yaml"
expect_status 4 fokker infer $yields treasury_yields --columns=year,ten -q -o "$work/yields"
expect_stderr 'exists; --force'

# an Ornstein-Uhlenbeck path, exact steps, noise of a linear congruence; gaps and words in it
awk 'BEGIN {
    s = 42; print "n,t,x,word"
    for (i = 0; i < 400; i++) {
        g = -6
        for (k = 0; k < 12; k++) { s = (s*16807) % 2147483647; g += s/2147483647 }
        x = 5 + (x - 5)*exp(-0.1) + g*sqrt((1 - exp(-0.2))/2)
        print i "," i/10 "," (i % 50 == 7 ? "NA" : x) ",w"
    }
}' >"$work/path.csv"
expect_status 0 fokker infer "$work/path.csv" --columns=t,x -q --no-plots -o "$work/path"
expect_stdout '^8 rows without a value were left out'
expect_status 0 fokker run "$work/path/problem.yaml" particles.count=1e5 particles.step=0.02 \
    compare.tolerance=0.2 output.plots=false -q -o "$work/path_run"
expect_stdout '^verdict: agree'
expect_status 0 fokker infer "$work/path.csv" --columns=x --step=0.1 --degree=1 -q --no-plots \
    -o "$work/even"
expect_stdout 'time 0 to 39.9, steps 0.1 to 0.2'
for threads in 1 3; do
    expect_status 0 env OMP_NUM_THREADS=$threads "$FOKKER" infer "$work/path.csv" \
        --columns=t,x --degree=1 --json -q --no-plots -o "$work/threads$threads"
    cp "$work/stdout" "$work/threads$threads.json"
done
expect_same "$work/threads1.json" "$work/threads3.json"
expect_status 0 fokker infer "$work/path.csv" --columns=t,x --gap=0.15 -q --no-plots -o "$work/gap"
expect_stdout '^8 steps longer than 0.15 were left out'

# two variables: a later part of that path beside its beginning
awk -F, 'NR == 1 { print "t,x,y" } NR > 1 && NR < 102 { x[NR + 200] = $3 }
    NR > 201 && NR < 302 { print $2 "," x[NR] "," $3 }' "$work/path.csv" >"$work/plane.csv"
expect_status 0 fokker infer "$work/plane.csv" --degree=0 -q --no-plots -o "$work/plane"
expect_stdout '^ +s21 '
expect_status 0 fokker check "$work/plane/problem.yaml"

wrong() {
    pattern=$1
    shift
    expect_status 2 fokker infer "$@" -q -o "$work/wrong"
    expect_stderr "$pattern"
    expect_no_stdout
    expect_no_file "$work/wrong"
}

wrong 'which data'
wrong 'there are 4 columns; say which' "$work/path.csv"
wrong "did you mean 'x'" "$work/path.csv" --columns=t,X
wrong 'one or two values' "$work/path.csv" --columns=t
wrong 'above 0' "$work/path.csv" --columns=x --step=-1
wrong 'no problem file|experiment' "$work/path.csv" no_such_model --columns=t,x
wrong 'model has 2 variables, the data have 1' "$work/path.csv" rotating_ou --columns=t,x
wrong 'jumps or stable noise' "$work/path.csv" merton_jumps --columns=t,x
wrong 'jumps or stable noise' "$work/path.csv" cauchy_noise --columns=t,x
wrong 'not all of these' "$work/path.csv" treasury_yields --columns=t,x --fit=a,nothing
wrong 'with two variables at most 2' "$work/plane.csv" --degree=3
wrong '0 to 5' "$work/path.csv" --degree=6
wrong 'median step' "$work/path.csv" --columns=t,x --gap=0.01
printf 'x\n1\n2\n' >"$work/one.csv"
wrong '[-][-]step=1' "$work/one.csv"
wrong '2 points; at least 50' "$work/one.csv" --step=1
printf 't,x\n0,1\n1,2\n1,3\n' >"$work/twice.csv"
wrong 'twice.csv:4: time 1 does not come after 1' "$work/twice.csv"
printf 't,x\n0,1\n1,two\n' >"$work/word.csv"
wrong "word.csv:3: column 'x': 'two'" "$work/word.csv"
awk 'BEGIN { print "t,x"; for (i = 0; i < 60; i++) print i ",3" }' >"$work/still.csv"
wrong 'nothing moves' "$work/still.csv"
expect_status 4 fokker infer "$work/nothing.csv" -q -o "$work/wrong"
expect_stderr 'nothing.csv'

finish
