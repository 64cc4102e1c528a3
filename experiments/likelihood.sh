#!/bin/sh
# Log-likelihoods by the probability flow with their parts apart: of real data, by the exact
# score and with N(0, 1) as prior; and of a nonlinear drift by the score of its own density.
# From the root of the tree, after make.
set -eu
cd -- "$(dirname -- "$0")/.."
fokker=${FOKKER:-build/fokker}

"$fokker" likelihood -f old_faithful
"$fokker" likelihood -f old_faithful --prior=normal -o out/old_faithful_likelihood_normal
"$fokker" likelihood -f double_well --score=grid --first=0
