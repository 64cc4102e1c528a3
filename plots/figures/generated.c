/* What the samplers brought back: histograms of the generated samples beside the initial
 * density, and their difference in standard errors. */
#include <math.h>

#include "plots/canvas.h"
#include "plots/fields.h"
#include "plots/histogram.h"
#include "plots/label.h"
#include "plots/map.h"

enum { MOST = 4, MAP_CELLS = 150 };
enum { PANEL = 284, HEAD = 56, GAP = 14, FOOT = 104 }; /* pixels */

extern const fk_figure fk_figure_generated;

static const char body_1[] =
    "set multiplot\n"
    "set lmargin at screen 0.09\n"
    "set rmargin at screen 0.70\n"
    "set tmargin at screen 0.97\n"
    "set bmargin at screen 0.38\n"
    "set xrange [x_lo:x_hi]\n"
    "set yrange [0:]\n"
    "set format x ''\n"
    "set ylabel p_label noenhanced offset 0.5\n"
    "set key at screen 0.995, 0.96 right top Left reverse\n"
    "plot 'data/generated_law.tsv' using 1:2 with lines lc rgb ink lw 1.6 \\\n"
    "        title 'initial density', \\\n"
    "    for [i=1:samplers] 'data/generated.tsv' index (i - 1) using 1:2:3 \\\n"
    "        with yerrorbars pt 7 ps 0.8*dot lw 0.9 lc rgb colour[i] title sampler[i]\n"
    "unset key\n"
    "set tmargin at screen 0.32\n"
    "set bmargin at screen 0.12\n"
    "set format x '%g'\n"
    "set xlabel x_label noenhanced\n"
    "set ylabel 'difference / s.e.'\n"
    "set yrange [-5:5]\n"
    "set ytics (-4, -2, 0, 2, 4)\n"
    "set arrow from x_lo, 0 to x_hi, 0 nohead lc rgb pale lw 1\n"
    "set arrow from x_lo, 2 to x_hi, 2 nohead dt 3 lc rgb pale\n"
    "set arrow from x_lo, -2 to x_hi, -2 nohead dt 3 lc rgb pale\n"
    "plot for [i=1:samplers] 'data/generated.tsv' index (i - 1) using 1:4 \\\n"
    "    with points pt 7 ps 0.8*dot lc rgb colour[i] notitle\n"
    "unset multiplot\n";

static const char body_2[] =
    "left = 110.0; panel = 284.0; gap = 14.0; head = 56.0\n"
    "sx(px) = px/(1.0*width)\n"
    "sy(px) = 1 - px/(1.0*height)\n"
    "set multiplot\n"
    "set border 15\n"
    "set tics front scale 0.4 font face.',15'\n"
    "set xrange [x_lo:x_hi]\n"
    "set yrange [y_lo:y_hi]\n"
    "do for [k=1:2] {\n"
    "    top_px = head + (k - 1)*(panel*ratio + gap)\n"
    "    set tmargin at screen sy(top_px)\n"
    "    set bmargin at screen sy(top_px + panel*ratio)\n"
    "    first = k - 1\n"
    "    do for [c=first:samplers] {\n"
    "        set lmargin at screen sx(left + c*(panel + gap))\n"
    "        set rmargin at screen sx(left + c*(panel + gap) + panel)\n"
    "        if (k == 2 || c == 0) { set format x '%g'; set xlabel x_label noenhanced "
    "} "
    "\\\n"
    "        else { set format x ''; unset xlabel }\n"
    "        if (c == 0) { set format y '%g'; set ylabel y_label noenhanced } \\\n"
    "        else { set format y ''; unset ylabel }\n"
    "        if (k == 1) {\n"
    "            title = 'initial density'\n"
    "            if (c > 0) { title = sampler[c] }\n"
    "            set label 1 title at graph 0.5, 1.0 center offset 0, 0.8 noenhanced "
    "font face.',15'\n"
    "            eval viridis\n"
    "            set cbrange [0:peak]\n"
    "            plot sprintf('data/generated_%d.bin', c) binary matrix with image "
    "notitle\n"
    "        } else {\n"
    "            unset label 1\n"
    "            eval difference\n"
    "            set cbrange [-5:5]\n"
    "            set object 1 rectangle from graph 0,0 to graph 1,1 behind fs solid "
    "\\\n"
    "                noborder fc rgb '#e4e4e4'\n"
    "            if (c == samplers) {\n"
    "                set colorbox horizontal user \\\n"
    "                    origin sx(left), sy(top_px + 0.75*panel*ratio) \\\n"
    "                    size 0.8*panel/(1.0*width), 18/(1.0*height)\n"
    "                set cbtics 2\n"
    "                set cblabel 'difference / s.e.'\n"
    "            }\n"
    "            plot sprintf('data/generated_difference_%d.bin', c) binary matrix \\\n"
    "                with image notitle\n"
    "            unset object 1\n"
    "        }\n"
    "    }\n"
    "}\n"
    "unset multiplot\n";

static size_t samplers(const fk_result *r)
{
    return r->n_reverse < MOST ? r->n_reverse : MOST;
}

static bool applies(const fk_result *r)
{
    bool whole = r->n_reverse > 0 && fk_initial_density(r) != NULL;
    for (size_t i = 0; i < samplers(r); i++)
        whole = whole && r->reverse[i].n_frames > 0;
    return whole && r->problem->domain.grid.dim <= 2;
}

static const double *last_density(const fk_reverse_run *v)
{
    return v->density[v->n_frames - 1];
}

static void write_lines(const fk_result *r, fk_canvas *c)
{
    const fk_axis *a = &r->problem->domain.grid.axis[0];
    const double *law = fk_initial_density(r);
    FILE *out = fk_canvas_data(c, "generated_law.tsv");
    for (size_t i = 0; out != NULL && i < a->cells; i++)
        fprintf(out, "%.9g\t%.9g\n", fk_axis_centre(a, i), law[i]);
    fk_canvas_close(c, out);
    out = fk_canvas_data(c, "generated.tsv");
    for (size_t k = 0; out != NULL && k < samplers(r); k++) {
        const fk_reverse_run *v = &r->reverse[k];
        fprintf(out, "# %s: %s\n", v->name, fk_histogram_columns);
        fk_histogram_write(out, a, (double)v->count, last_density(v), law);
        fputs("\n\n", out);
    }
    fk_canvas_close(c, out);
}

static void write_maps(const fk_result *r, fk_canvas *c)
{
    const fk_grid *g = &r->problem->domain.grid;
    const double *law = fk_initial_density(r);
    fk_map_density(c, "generated_0.bin", g, MAP_CELLS, law);
    for (size_t k = 0; k < samplers(r); k++) {
        const fk_reverse_run *v = &r->reverse[k];
        char name[64];
        snprintf(name, sizeof name, "generated_%zu.bin", k + 1);
        fk_map_density(c, name, g, v->count < 100000 ? MAP_CELLS / 2 : MAP_CELLS,
                       last_density(v));
        snprintf(name, sizeof name, "generated_difference_%zu.bin", k + 1);
        fk_map_difference(c, name, g, (double)v->count, last_density(v), law);
    }
}

static void write(const fk_result *r, fk_canvas *c)
{
    const char *name[MOST];
    const bool flat = r->problem->domain.grid.dim == 1;
    const double ratio = flat ? 1.0 : fk_map_ratio(r->problem);
    for (size_t k = 0; k < samplers(r); k++)
        name[k] = r->reverse[k].name;
    if (flat)
        write_lines(r, c);
    else
        write_maps(r, c);
    fk_script s =
        fk_script_open(c, &fk_figure_generated, 1600,
                       flat ? 1000 : (int)(HEAD + 2 * PANEL * ratio + GAP + FOOT));
    fk_script_axis(&s, r->problem, 0, "x");
    fk_script_texts(&s, "sampler", samplers(r), name);
    fk_script_add(&s, "samplers = %zu\n", samplers(r));
    if (flat) {
        fk_script_text(&s, "p_label",
                       fk_label_density(r->problem, 1, (size_t[]){0}).text);
    } else {
        fk_script_axis(&s, r->problem, 1, "y");
        fk_script_number(&s, "ratio", ratio);
        fk_script_number(
            &s, "peak", fk_field_peak(&r->problem->domain.grid, fk_initial_density(r)));
    }
    fk_script_add(&s, "\n%s", flat ? body_1 : body_2);
    fk_script_close(c, &fk_figure_generated, &s);
}

static void caption(const fk_result *r, FILE *out)
{
    fputs("Generated samples against the initial density: ", out);
    for (size_t k = 0; k < samplers(r); k++)
        fprintf(out, "%s%zu by the %s", k > 0 ? ", " : "", r->reverse[k].count,
                r->reverse[k].name);
    fputs(
        r->problem->domain.grid.dim == 1
            ? ". Bars: one standard error. Below: the difference in standard errors."
            : ". Below: the difference in standard errors on joined cells; grey: fewer "
              "than 5 samples expected.",
        out);
}

const fk_figure fk_figure_generated = {
    .name = "generated",
    .kind = FK_STILL,
    .applies = applies,
    .write = write,
    .caption = caption,
};
