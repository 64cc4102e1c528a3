#!/bin/sh
# Real data to noise and back with a score that a network has learned: out/old_faithful_score
# has the network and its errors, out/old_faithful_learned the samples and the verdict on
# them beside those of the exact score.  From the root of the tree, after make.
set -eu
cd -- "$(dirname -- "$0")/.."
fokker=${FOKKER:-build/fokker}

"$fokker" train -f old_faithful
"$fokker" run -f old_faithful -o out/old_faithful_learned particles=off \
    reverse.score="[exact, network]" reverse.count=4e4 reverse.exact_count=4e4 \
    reverse.network=out/old_faithful_score/score.safetensors
