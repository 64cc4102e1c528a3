#!/bin/sh
# Lion against AdamW at equal wall time: the score of the standard mixture, three rates each,
# several seeds, on one core.  out/lion_adamw has the runs, a table and a figure of the Fisher
# error over the time of learning, with the standard error of the seeds.  The time is that of
# the processor, which other work on the machine does not stretch.  From the root of the tree,
# after make.
#
#     SEEDS='1 2 3 4 5 6' STEPS=2000 sh experiments/lion_adamw.sh
set -eu
cd -- "$(dirname -- "$0")/.."
fokker=${FOKKER:-build/fokker}
out=out/lion_adamw
seeds=${SEEDS:-1 2 3 4}
steps=${STEPS:-2000}
export OMP_NUM_THREADS=1
mkdir -p "$out"
cat >"$out/mixture.yaml" <<'END'
name: mixture
process: vp
variables: [x]
time: {end: 1}
domain: {x: {from: -6, to: 6, cells: 120, boundary: open}}
initial:
  mixture: [{weight: 0.3, mean: -1.5, sd: 0.3}, {weight: 0.7, mean: 1, sd: 0.5}]
train: {hidden: 3, width: 48, batch: 512, judgments: 20, average: 0.99, samples: 0}
END

# In turns, so that a busy machine is so for both.
for seed in $seeds; do
    for run in adamw:2e-3 lion:4e-4 adamw:8e-3 lion:1.6e-3 adamw:3.2e-2 lion:6.4e-3; do
        "$fokker" train -q -f --no-plots -o "$out/$run:$seed" "$out/mixture.yaml" \
            train.optimizer="${run%:*}" train.rate="${run#*:}" train.seed="$seed" \
            train.steps="$steps" >/dev/null
        awk -v run="${run%:*} ${run#*:}" '
            /"processor_seconds":/ { seconds = $2 + 0 }
            /"judgments":/ { on = 1 }
            /"times":/ { on = 0 }
            on && /"step":/ { step = $2 + 0 }
            on && /"fisher":/ { fisher = 1 }
            on && fisher && /"mean":/ { n++; at[n] = step; error[n] = $2 + 0; fisher = 0 }
            END { for (i = 1; i <= n; i++)
                      print run, at[i], seconds / at[n], error[i] }' \
            "$out/$run:$seed/summary.json"
    done
done >"$out/errors.tsv"

# Seconds of a step: the least of an optimizer's runs.
awk '{ key = $1 " " $2
       if (!(key in seen)) { seen[key] = 1; order[++k] = key }
       if (!($1 in cost) || $4 < cost[$1]) cost[$1] = $4
       if (!((key, $3) in n)) { steps[key] = steps[key] " " $3 }
       n[key, $3]++; sum[key, $3] += log($5); square[key, $3] += log($5)^2 }
     END { for (i = 1; i <= k; i++) {
               key = order[i]; split(key, name, " "); m = split(steps[key], at, " ")
               printf "# %s, rate %s: step, seconds, Fisher error, one standard error down and up\n", name[1], name[2]
               for (j = 1; j <= m; j++) {
                   c = n[key, at[j]]; mean = sum[key, at[j]] / c
                   v = square[key, at[j]] / c - mean^2
                   se = c > 1 && v > 0 ? sqrt(v / (c - 1)) : 0
                   print at[j], at[j] * cost[name[1]], exp(mean), exp(mean - se), exp(mean + se)
               }
               printf "\n\n" } }' "$out/errors.tsv" >"$out/curves.tsv"
awk '/^#/ { name = $0 } NF == 5 && !/^#/ { last[name] = $0 }
     END { for (k in last) { split(last[k], a, " "); sub(/:.*/, "", k)
           printf "%-22s %8.2f s  Fisher error %.3g (%.3g to %.3g)\n", substr(k, 3), a[2], a[3], a[4], a[5] } }' \
    "$out/curves.tsv" | sort | tee "$out/table.txt"

gnuplot <<END
set terminal pngcairo size 1400, 800 font 'sans,18'
set output '$out/lion_adamw.png'
set logscale y
set format y '10^{%T}'
set xlabel 'time of learning on one core  (s)'
set ylabel 'Fisher error, in units of the noise  (1)'
set key outside right
name(i) = word('AdamW Lion', 1 + i % 2)
rate = '2e-3 4e-4 8e-3 1.6e-3 3.2e-2 6.4e-3'
plot for [i=0:5] '$out/curves.tsv' index i using 2:3:4:5 with yerrorbars pt 7 - 2*(i % 2) \
        lc rgb (i % 2 ? '#d55e00' : '#0072b2') notitle, \
     for [i=0:5] '' index i using 2:3 with lines lw 2 dt 1 + i / 2 \
        lc rgb (i % 2 ? '#d55e00' : '#0072b2') title name(i).', rate '.word(rate, i + 1)
END
echo "figure: $out/lion_adamw.png"
