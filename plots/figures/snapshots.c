/* Two variables: maps of the density at the output times, by the Fokker-Planck equation
 * and by the particles, and their difference in standard errors. */
#include <math.h>

#include "plots/canvas.h"
#include "plots/fields.h"
#include "plots/label.h"
#include "plots/map.h"
#include "plots/view.h"

enum {
    MOST_ROWS = 5,
    MAP_CELLS = 400,
    DOTS = 400,
    PANEL = 400,
    GAP = 30,
    HEAD = 62,
    FOOT = 118
};

extern const fk_figure fk_figure_snapshots;

static const char body[] =
    "# places of the panels, in pixels\n"
    "panel = 400.0; gap = 30.0; head = 62.0\n"
    "array left[3] = [120, 555, 1110]\n"
    "sx(px) = px/(1.0*width)\n"
    "sy(px) = 1 - px/(1.0*height)\n"
    "array column[3] = [law_name, 'particles', 'difference / s.e.']\n"
    "white = kind eq 'gif' ? '#ffffff' : '#48ffffff'\n"
    "\n"
    "set multiplot\n"
    "set border 15\n"
    "set tics front\n"
    "set xrange [x_lo:x_hi]\n"
    "set yrange [y_lo:y_hi]\n"
    "do for [k=1:rows] {\n"
    "    top_px = head + (k - 1)*(panel*ratio + gap)\n"
    "    set tmargin at screen sy(top_px)\n"
    "    set bmargin at screen sy(top_px + panel*ratio)\n"
    "    if (k < rows) {\n"
    "        set format x ''\n"
    "        eval 'set x'.x_bare\n"
    "    } else {\n"
    "        set format x '%g'\n"
    "        eval 'set x'.x_tics\n"
    "        set xlabel x_label noenhanced\n"
    "    }\n"
    "    # contours of the law, at tenths of its peak\n"
    "    if (has_law) {\n"
    "        set format xy '%g' # a table is written in the axes' format\n"
    "        set contour base\n"
    "        unset surface\n"
    "        set cntrparam levels discrete 0.1*peak[k], 0.3*peak[k], 0.5*peak[k], \\\n"
    "            0.7*peak[k], 0.9*peak[k]\n"
    "        set table $contour\n"
    "        splot sprintf('data/contour_%d.bin', k) binary matrix\n"
    "        unset table\n"
    "        unset contour\n"
    "        set surface\n"
    "        set format x k < rows ? '' : '%g'\n"
    "    }\n"
    "    do for [c=1:3] {\n"
    "        if ((c == 1 && !has_law) || (c == 2 && !has_particles) \\\n"
    "            || (c == 3 && !(has_law && has_particles))) { continue }\n"
    "        set lmargin at screen sx(left[c])\n"
    "        set rmargin at screen sx(left[c] + panel)\n"
    "        if (k == 1) {\n"
    "            set label 1 column[c] at graph 0.5, 1.0 center offset 0, 0.8 "
    "noenhanced\n"
    "        } else {\n"
    "            unset label 1\n"
    "        }\n"
    "        if (c == 1 || !has_law) {\n"
    "            set ylabel y_label noenhanced\n"
    "            set format y '%g'\n"
    "            eval 'set y'.y_tics\n"
    "            set label 2 time_label[k] at graph 0.04, 0.93 front tc rgb 'white' "
    "\\\n"
    "                noenhanced\n"
    "        } else {\n"
    "            unset ylabel\n"
    "            set format y ''\n"
    "            eval 'set y'.y_bare\n"
    "            unset label 2\n"
    "        }\n"
    "        bar = left[c] + panel + 14\n"
    "        set colorbox user origin sx(bar), sy(top_px + panel*ratio) \\\n"
    "            size sx(18), panel*ratio/(1.0*height)\n"
    "        if (c == 3) {\n"
    "            eval difference\n"
    "            set cbrange [-5:5]\n"
    "            set cbtics 2 offset -0.7\n"
    "            set object 1 rectangle from graph 0,0 to graph 1,1 behind fs solid "
    "\\\n"
    "                noborder fc rgb '#e4e4e4'\n"
    "            plot sprintf('data/difference_%d.bin', k) binary matrix with image "
    "notitle\n"
    "            unset object 1\n"
    "        } else {\n"
    "            eval viridis\n"
    "            set cbrange [0:peak[k]]\n"
    "            set cbtics nice(peak[k]) offset -0.7\n"
    "            if (c == 1 && has_particles) { unset colorbox }\n"
    "            if (c == 1) {\n"
    "                plot sprintf('data/law_%d.bin', k) binary matrix with image "
    "notitle, \\\n"
    "                    'data/dots.tsv' index (k-1) using 1:2 with points pt 7 \\\n"
    "                    ps 0.35*dot lc rgb white notitle\n"
    "            } else {\n"
    "                if (has_law) {\n"
    "                    plot sprintf('data/particles_%d.bin', k) binary matrix with "
    "image \\\n"
    "                        notitle, $contour using 1:2 with lines lw 0.9 \\\n"
    "                        lc rgb 'white' notitle\n"
    "                } else {\n"
    "                    plot sprintf('data/particles_%d.bin', k) binary matrix with "
    "image \\\n"
    "                        notitle\n"
    "                }\n"
    "            }\n"
    "        }\n"
    "    }\n"
    "}\n"
    "unset multiplot\n";

typedef struct choice {
    size_t n, index[MOST_ROWS];
    bool law, particles; /* in all of the rows */
} choice;

static choice choose(const fk_result *r)
{
    choice c = {.law = true, .particles = true};
    c.n = fk_view_pick(r->n_snapshots, MOST_ROWS, c.index);
    for (size_t k = 0; k < c.n; k++) {
        const fk_snapshot *s = &r->snapshot[c.index[k]];
        c.law = c.law && fk_snapshot_law(s) != NULL;
        c.particles = c.particles && s->particles != NULL;
    }
    return c;
}

static bool applies(const fk_result *r)
{
    const choice c = choose(r);
    return r->problem->domain.grid.dim == 2 && c.n > 0 && (c.law || c.particles);
}

static void write_maps(const fk_result *r, const choice *chosen, size_t row,
                       fk_canvas *c)
{
    const fk_snapshot *s = &r->snapshot[chosen->index[row]];
    const fk_grid *g = &r->problem->domain.grid;
    char name[64];
    if (chosen->law) {
        snprintf(name, sizeof name, "law_%zu.bin", row + 1);
        fk_map_density(c, name, g, MAP_CELLS, fk_snapshot_law(s));
        snprintf(name, sizeof name, "contour_%zu.bin", row + 1);
        fk_map_density(c, name, g, 160, s->exact != NULL ? s->exact : s->pde);
    }
    if (chosen->particles) {
        snprintf(name, sizeof name, "particles_%zu.bin", row + 1);
        fk_map_density(c, name, g, 128, s->particles);
    }
    if (chosen->law && chosen->particles) {
        snprintf(name, sizeof name, "difference_%zu.bin", row + 1);
        fk_map_difference(c, name, g, (double)r->problem->particles.count, s->particles,
                          fk_snapshot_law(s));
    }
}

static void write_dots(const fk_result *r, const choice *chosen, fk_canvas *c)
{
    FILE *out = fk_canvas_data(c, "dots.tsv");
    if (out == NULL)
        return;
    fprintf(out, "# some particles: %s\t%s\n", fk_label_axis(r->problem, 0).text,
            fk_label_axis(r->problem, 1).text);
    for (size_t k = 0; k < chosen->n; k++) {
        const fk_snapshot *s = &r->snapshot[chosen->index[k]];
        fprintf(out, "# %s\n", fk_label_time(r->problem, s->t).text);
        fk_dots_write(out, &r->problem->domain.grid, s->n_points, s->points,
                      s->particles, DOTS);
        fputs("\n\n", out);
    }
    fk_canvas_close(c, out);
}

static void write_script(const fk_result *r, const choice *chosen, fk_canvas *c)
{
    double time[MOST_ROWS], peak[MOST_ROWS];
    const double ratio = fk_map_ratio(r->problem);
    for (size_t k = 0; k < chosen->n; k++) {
        const fk_snapshot *s = &r->snapshot[chosen->index[k]];
        time[k] = s->t;
        peak[k] = fk_field_peak(&r->problem->domain.grid,
                                chosen->law ? fk_snapshot_law(s) : s->particles);
    }
    const double height = HEAD + FOOT + (double)chosen->n * (PANEL * ratio + GAP) - GAP;
    fk_script s = fk_script_open(c, &fk_figure_snapshots, 1600, (int)height);
    fk_script_axis(&s, r->problem, 0, "x");
    fk_script_axis(&s, r->problem, 1, "y");
    fk_script_times(&s, r->problem, chosen->n, time);
    fk_script_numbers(&s, "peak", chosen->n, peak);
    fk_script_number(&s, "ratio", ratio);
    fk_script_text(&s, "law_name",
                   fk_snapshot_law_name(&r->snapshot[chosen->index[0]]));
    fk_script_add(&s, "rows = %zu\nhas_law = %d\nhas_particles = %d\n\n%s", chosen->n,
                  chosen->law, chosen->particles, body);
    fk_script_close(c, &fk_figure_snapshots, &s);
}

static void write(const fk_result *r, fk_canvas *c)
{
    const choice chosen = choose(r);
    for (size_t k = 0; k < chosen.n; k++)
        write_maps(r, &chosen, k, c);
    write_dots(r, &chosen, c);
    write_script(r, &chosen, c);
}

static void caption(const fk_result *r, FILE *out)
{
    const choice c = choose(r);
    const fk_snapshot *last = &r->snapshot[c.index[c.n - 1]];
    fprintf(out, "Density %s, each row in its own colour scale from 0 to the peak. ",
            fk_label_density(r->problem, 2, (size_t[]){0, 1}).text);
    if (c.law)
        fprintf(out, "Left: %s, with some particles as dots. ",
                fk_snapshot_law_name(last));
    if (c.particles)
        fprintf(out, "Histogram of %zu particles", r->problem->particles.count);
    if (c.law && c.particles)
        fprintf(
            out,
            ", with contours of the %s density at 0.1, 0.3, 0.5, 0.7 and 0.9 of its "
            "peak. Right: their difference in standard errors on joined cells; grey: "
            "fewer than 5 particles expected",
            last->exact != NULL ? "exact" : "Fokker–Planck");
    fprintf(out, ".");
}

const fk_figure fk_figure_snapshots = {
    .name = "snapshots",
    .kind = FK_STILL,
    .applies = applies,
    .write = write,
    .caption = caption,
};
