#!/bin/sh
# Every sampler of diffusion models on one page: errors over evaluations of the score, with
# the order as measured and as declared (out/sampler_orders/samplers.png), and the samples of
# four of them against the law that they should find (out/two_gaussians_samples).  From the
# root of the tree, after make.
set -eu
cd -- "$(dirname -- "$0")/.."
fokker=${FOKKER:-build/fokker}

status=0
"$fokker" order sampler -o out/sampler_orders two_gaussians sampler.method=all || status=$?
[ "$status" -eq 0 ] || [ "$status" -eq 3 ] # noise may hide some orders
"$fokker" sample -f two_gaussians || status=$?
[ "$status" -eq 0 ] || [ "$status" -eq 3 ] # few steps explain what differs
