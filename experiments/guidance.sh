#!/bin/sh
# Guidance and its repair: mean and variance of the samples against the scale w, of the reverse
# SDE without weights and with them, beside p_c^(1 + w) / p_u^w itself.  Leaves
# out/guidance_repair/repair.png.  From the root of the tree, after make; takes about half a minute.  Beyond w = 3
# the weights need more than these 600 steps, as the column `steps` of fokker compose tells.
set -eu
cd -- "$(dirname -- "$0")/.."

out=${OUT:-out}/guidance_repair
mkdir -p "$out"
: >"$out/repair.tsv"

# exact, without weights and its error, with weights and its error, of line $2 of the table
row() {
    awk -v name="$2" 'index($0, name) == 1 { gsub(/\+-/, ""); print $3, $4, $5, $7, $8 }' "$1"
}

for w in 0.25 0.5 1 1.5 2 2.5 3; do
    table=$out/w_$w.txt
    "${FOKKER:-build/fokker}" compose -q -f --no-plots guidance "compose.weight=$w" sampler.steps=600 \
        -o "$out/w_$w" >"$table" || [ $? -le 3 ]
    echo "$w $(row "$table" 'mean x') $(row "$table" 'variance x')" >>"$out/repair.tsv"
done

"${FOKKER:-build/fokker}" compose -q -f guidance -o "$out/once" >/dev/null || [ $? -le 3 ]
cp "$out/once/plots/style.gp" "$out"
cd "$out"
cat >repair.gp <<'END'
if (!exists('kind')) kind = 'png'
name = 'repair'
width = 1600
height = 750
load 'style.gp'
set multiplot layout 1, 2
set key top right
set xlabel 'w, scale of the guidance'
set xrange [0:3.2]
do for [k = 0:1] {
    set ylabel k == 0 ? 'mean of the samples' : 'variance of the samples'
    a = 2 + 5 * k
    if (k == 0) { set yrange [0.45:0.65] } else { set yrange [0:0.45] }
    plot 'repair.tsv' using 1:(column(a)) with lines lc rgb ink title 'exact', \
         '' using 1:(column(a + 1)):(column(a + 2)) with yerrorbars pt 6 ps 1.6 lc rgb red title 'without weights', \
         '' using 1:(column(a + 3)):(column(a + 4)) with yerrorbars pt 7 ps 1.2 lc rgb blue title 'with weights'
}
unset multiplot
END
gnuplot repair.gp
echo "$out/repair.png"
