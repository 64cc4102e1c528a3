#!/bin/sh
# The experiments that need no run through time: each `fokker analyze` leaves numbers and
# figures in out/.  From the root of the tree, after make.
set -eu
cd -- "$(dirname -- "$0")/.."

analyze() {
    printf '\n'
    "${FOKKER:-build/fokker}" analyze -q -f "$@"
}

# Motion on a corrugated slope: how fast it drifts and spreads; at F = 1 it spreads more
# than without the corrugation.
analyze tilted_washboard transport
analyze tilted_washboard transport parameters.F=1 parameters.D=0.1 -o out/washboard_critical
analyze tilted_washboard current

# A reaction on a bent path: density, committor with the reactive current, relaxation beside
# the estimate of Eyring and Kramers.
analyze mueller_brown stationary
analyze mueller_brown spectrum --modes=4
analyze mueller_brown committor \
    A='(x + 0.558)^2 + (y - 1.442)^2 < 0.01' B='(x - 0.623)^2 + (y - 0.028)^2 < 0.01'

# An oscillator with noise: eigenvalues on a parabola, a current around the cycle.
analyze noisy_hopf spectrum
analyze noisy_hopf current

# A decision: when and through which wall; what is left of those that hesitate.
analyze drift_diffusion exit
analyze drift_diffusion quasi-stationary
