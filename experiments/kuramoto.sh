#!/bin/sh
# The Kuramoto transition: the order parameter r = |<e^(i theta)>| against the strength of the
# noise, of the density and of 20000 particles, beside the exact r = I_1(K r / D) / I_0(K r / D)
# [sakaguchi-1988].  Leaves out/kuramoto_transition/transition.png.  From the root of the tree,
# after make; takes about a minute.  Particles scatter where the transition makes their common
# fluctuations large: by 0.008 at D/K = 0.4.
set -eu
cd -- "$(dirname -- "$0")/.."

out=${OUT:-out}/kuramoto_transition
mkdir -p "$out"
: >"$out/transition.tsv"

# r of the last of the tables in a file of places and densities
coherence() {
    awk 'NF == 0 { n++; next } /^#/ { next }
         n > last { last = n; c = s = p = 0 } { c += $2 * cos($1); s += $2 * sin($1); p += $2 }
         END { print sqrt(c * c + s * s) / p }' "$1"
}

seed=0
for D in 0.05 0.1 0.15 0.2 0.25 0.3 0.35 0.4 0.43 0.46 0.48 0.52 0.55 0.6 0.7; do
    run=$out/D_$D
    seed=$((seed + 1))
    "${FOKKER:-build/fokker}" run -q -f kuramoto parameters.K=1 "parameters.D=$D" \
        time=100 initial.density='exp(cos(theta))' particles.count=20000 particles.step=0.1 \
        particles.seed=$seed particles.halving=0 output.animation=off -o "$run" >"$run.txt" || [ $? -le 3 ]
    printf '%s\t%s\t%s\n' "$D" "$(coherence "$run/plots/data/density.tsv")" \
        "$(coherence "$run/plots/data/histogram.tsv")" >>"$out/transition.tsv"
done

# The branch is r = I_1(u) / I_0(u) at D/K = r/u.
cp "$run/plots/style.gp" "$out"
cd "$out"
cat >transition.gp <<'END'
if (!exists('kind')) kind = 'png'
name = 'transition'
width = 1200
height = 800
load 'style.gp'
set xlabel 'D/K, noise over coupling'
set ylabel 'r, order parameter'
set xrange [0:0.75]
set yrange [0:1]
set key right top
r(u) = besi1(u) / besi0(u)
set parametric
set trange [1e-3:60]
set samples 2000
set label 'D = K/2' at 0.505, 0.13 left
plot r(t) / t, r(t) with lines lc rgb ink title 'exact: r = I₁(Kr/D) / I₀(Kr/D)', \
     0.5 + t / 60 * 0.25, 0 with lines lc rgb ink notitle, \
     'transition.tsv' using 1:2 with points pt 6 ps 2.2 lc rgb blue title 'density at t = 100/K', \
     '' using 1:3 with points pt 2 ps 1.6 lc rgb red title '20000 particles'
END
gnuplot transition.gp
echo "$out/transition.png"
