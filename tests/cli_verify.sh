# `fokker verify` at the command line.
# shellcheck shell=sh
. tests/cli.sh

expect_status 0 fokker verify weak-form -q -o "$work/weak"
expect_stdout '^weak-form: holds'
expect_stdout '1 claim: 1 holds'
expect_file "$work/weak/report.html"
expect_file "$work/weak/summary.json"
expect_status 1 fokker verify weak-form break=drift-sign -q --no-plots -o "$work/broken"
expect_stdout 'broken on purpose: drift-sign'
expect_status 2 fokker verify weak-from
expect_stderr "did you mean 'weak-form'"
expect_status 2 fokker verify weak-form break=luck
expect_stderr 'luck'
expect_status 2 fokker verify weak-form pateince=3
expect_status 2 fokker verify nodes=3
expect_stderr 'a claim that is named first'
expect_status 0 fokker list claims
expect_stdout '^  weak-form '
expect_status 0 fokker describe weak-form
expect_stdout 'drift-sign'

finish
