/* Two and three variables: the density of each variable alone at the output times, and
 * below it particles minus law in standard errors. */
#include <math.h>
#include <stdlib.h>

#include "core/density.h"
#include "plots/canvas.h"
#include "plots/fields.h"
#include "plots/histogram.h"
#include "plots/label.h"
#include "plots/tics.h"
#include "plots/view.h"

extern const fk_figure fk_figure_marginals;

enum { MOST = 6 };

static const char body[] =
    "at(i) = i eq '' ? 1 : i + 0  # an empty list is looked at too\n"
    "set multiplot\n"
    "set cbrange [0:1]\n"
    "panel = 0.80/axes\n"
    "do for [c=1:axes] {\n"
    "    set lmargin at screen 0.02 + (c - 1)*panel + 0.062\n"
    "    set rmargin at screen 0.02 + c*panel\n"
    "    set tmargin at screen 0.96\n"
    "    set bmargin at screen has_both ? 0.40 : 0.15\n"
    "    set xrange [lo[c]:hi[c]]\n"
    "    set yrange [0:top[c]]\n"
    "    set ytics nice(top[c])\n"
    "    set ylabel p_label[c] noenhanced offset 0.8\n"
    "    eval 'set x'.value(sprintf(has_both ? 'x%d_bare' : 'x%d_tics', c))\n"
    "    if (has_both) { set format x ''; unset xlabel } else { \\\n"
    "        set xlabel x_label[c] noenhanced }\n"
    "    unset arrow\n"
    "    lines = sprintf('data/marginal_%d.tsv', c)\n"
    "    points = sprintf('data/marginal_histogram_%d.tsv', c)\n"
    "    if (c == axes) { set key at screen 0.998, 0.95 right top Left reverse } \\\n"
    "        else { unset key }\n"
    "    plot for [i in law_of] lines index (at(i) - 1) using 1:2 with lines lw 1.6 "
    "\\\n"
    "            lc palette frac shade(at(i), n) notitle, \\\n"
    "        for [i in particles_of] points index (at(i) - 1) using 1:2:3 with "
    "yerrorbars "
    "\\\n"
    "            pt 7 ps 0.8*dot lw 0.9 lc palette frac shade(at(i), n) notitle, \\\n"
    "        keyentry with lines lc rgb ink lw 1.6 title law_of eq '' ? '' : law_name, "
    "\\\n"
    "        keyentry with points pt 7 ps dot lc rgb ink \\\n"
    "            title particles_of eq '' ? '' : 'particles', \\\n"
    "        for [i=1:n] keyentry with points pt 5 ps 1.7*dot \\\n"
    "            lc palette frac shade(i, n) title time_label[i]\n"
    "    if (has_both) {\n"
    "        set tmargin at screen 0.33\n"
    "        set bmargin at screen 0.13\n"
    "        set format x '%g'\n"
    "        eval 'set x'.value(sprintf('x%d_tics', c))\n"
    "        set xlabel x_label[c] noenhanced\n"
    "        set ylabel 'difference / s.e.'\n"
    "        set yrange [-5:5]\n"
    "        set ytics (-4, -2, 0, 2, 4)\n"
    "        set arrow from lo[c], 0 to hi[c], 0 nohead lc rgb pale lw 1\n"
    "        set arrow from lo[c], 2 to hi[c], 2 nohead dt 3 lc rgb pale\n"
    "        set arrow from lo[c], -2 to hi[c], -2 nohead dt 3 lc rgb pale\n"
    "        unset key\n"
    "        plot for [i in particles_of] points index (at(i) - 1) using 1:4 with "
    "points \\\n"
    "            pt 7 ps 0.8*dot lc palette frac shade(at(i), n) notitle\n"
    "    }\n"
    "}\n"
    "unset multiplot\n";

typedef struct choice {
    size_t n, index[MOST];
    bool law, particles, both;
} choice;

static choice choose(const fk_result *r)
{
    choice c = {.n = fk_view_pick(r->n_snapshots, MOST, c.index)};
    for (size_t k = 0; k < c.n; k++) {
        const fk_snapshot *s = &r->snapshot[c.index[k]];
        const bool law = fk_snapshot_law(s) != NULL, particles = s->particles != NULL;
        c.law = c.law || law;
        c.particles = c.particles || particles;
        c.both = c.both || (law && particles);
    }
    return c;
}

static bool applies(const fk_result *r)
{
    const choice c = choose(r);
    return r->problem->domain.grid.dim >= 2 && (c.law || c.particles);
}

/* Lines and points of one variable; *top grows to the highest value met. */
static void write_snapshot(const fk_problem *p, const fk_snapshot *s, size_t axis,
                           double *space, FILE *lines, FILE *points, double *top)
{
    const fk_axis *a = &p->domain.grid.axis[axis], even = fk_axis_even(a);
    double *law = space, *sample = space + a->cells;
    const double *q = fk_snapshot_law(s);
    if (q != NULL) {
        fk_density_marginal(&p->domain.grid, q, axis, law);
        for (size_t i = 0; i < a->cells; i++) {
            const double value = fk_axis_density(a, law, i);
            fprintf(lines, "%.9g\t%.9g\n", fk_axis_centre(&even, i), value);
            *top = fmax(*top, value);
        }
    }
    if (s->particles != NULL) {
        fk_density_marginal(&p->domain.grid, s->particles, axis, sample);
        fk_histogram_write(points, a, (double)p->particles.count, sample,
                           q != NULL ? law : NULL);
        for (size_t i = 0; q == NULL && i < a->cells; i++)
            *top = fmax(*top, fk_axis_density(a, sample, i));
    }
    fputs("\n\n", lines);
    fputs("\n\n", points);
}

static double write_axis(const fk_result *r, const choice *chosen, size_t axis,
                         fk_canvas *c)
{
    const fk_problem *p = r->problem;
    char name[64];
    double top = 0;
    snprintf(name, sizeof name, "marginal_%zu.tsv", axis + 1);
    FILE *lines = fk_canvas_data(c, name);
    snprintf(name, sizeof name, "marginal_histogram_%zu.tsv", axis + 1);
    FILE *points = fk_canvas_data(c, name);
    double *space = fk_canvas_doubles(c, 2 * p->domain.grid.axis[axis].cells);
    if (lines != NULL && points != NULL && space != NULL) {
        fprintf(lines, "# %s\tdensity %s\n", fk_label_axis(p, axis).text,
                fk_label_density(p, 1, &axis).text);
        fprintf(points, "# particles: %s\n", fk_histogram_columns);
        for (size_t k = 0; k < chosen->n; k++) {
            const fk_snapshot *s = &r->snapshot[chosen->index[k]];
            fprintf(lines, "# %s\n", fk_label_time(p, s->t).text);
            fprintf(points, "# %s\n", fk_label_time(p, s->t).text);
            write_snapshot(p, s, axis, space, lines, points, &top);
        }
    }
    fk_canvas_close(c, lines);
    fk_canvas_close(c, points);
    free(space);
    return top > 0 ? 1.08 * top : 1;
}

static void write_lists(const fk_result *r, const choice *chosen, fk_script *s)
{
    fk_script_add(s, "law_of = '");
    for (size_t k = 0; k < chosen->n; k++)
        if (fk_snapshot_law(&r->snapshot[chosen->index[k]]) != NULL)
            fk_script_add(s, "%zu ", k + 1);
    fk_script_add(s, "'\nparticles_of = '");
    for (size_t k = 0; k < chosen->n; k++)
        if (r->snapshot[chosen->index[k]].particles != NULL)
            fk_script_add(s, "%zu ", k + 1);
    fk_script_add(s, "'\n");
}

static void write_script(const fk_result *r, const choice *chosen, const double *top,
                         fk_canvas *c)
{
    const fk_problem *p = r->problem;
    const size_t dim = p->domain.grid.dim;
    double lo[FK_GRID_DIM], hi[FK_GRID_DIM], time[MOST];
    fk_label axis[FK_GRID_DIM], density[FK_GRID_DIM];
    const char *axis_text[FK_GRID_DIM], *density_text[FK_GRID_DIM];
    for (size_t i = 0; i < dim; i++) {
        const fk_axis even = fk_axis_even(&p->domain.grid.axis[i]);
        lo[i] = even.lo;
        hi[i] = even.hi;
        axis[i] = fk_label_axis(p, i);
        density[i] = fk_label_density(p, 1, &i);
        axis_text[i] = axis[i].text;
        density_text[i] = density[i].text;
    }
    for (size_t k = 0; k < chosen->n; k++)
        time[k] = r->snapshot[chosen->index[k]].t;
    fk_script s =
        fk_script_open(c, &fk_figure_marginals, 1600, chosen->both ? 900 : 640);
    fk_script_add(&s, "n = %zu\naxes = %zu\nhas_both = %d\n", chosen->n, dim,
                  chosen->both);
    for (size_t i = 0; i < dim && s.out != NULL; i++)
        fk_tics_write(s.out, (char[]){'x', (char)('1' + i), '\0'},
                      &p->domain.grid.axis[i]);
    fk_script_numbers(&s, "lo", dim, lo);
    fk_script_numbers(&s, "hi", dim, hi);
    fk_script_numbers(&s, "top", dim, top);
    fk_script_texts(&s, "x_label", dim, axis_text);
    fk_script_texts(&s, "p_label", dim, density_text);
    fk_script_times(&s, p, chosen->n, time);
    fk_script_text(&s, "law_name",
                   fk_snapshot_law_name(&r->snapshot[chosen->index[chosen->n - 1]]));
    write_lists(r, chosen, &s);
    fk_script_add(&s, "\n%s", body);
    fk_script_close(c, &fk_figure_marginals, &s);
}

static void write(const fk_result *r, fk_canvas *c)
{
    const choice chosen = choose(r);
    double top[FK_GRID_DIM] = {0};
    for (size_t i = 0; i < r->problem->domain.grid.dim; i++)
        top[i] = write_axis(r, &chosen, i, c);
    write_script(r, &chosen, top, c);
}

static void caption(const fk_result *r, FILE *out)
{
    const choice chosen = choose(r);
    fprintf(out, "Density of each variable alone at the output times. ");
    if (chosen.particles)
        fprintf(out, "Points: histogram of %zu particles, bars one standard error. ",
                r->problem->particles.count);
    if (chosen.both)
        fprintf(out, "Below: particles minus line in standard errors, where at least 5 "
                     "particles are expected.");
}

const fk_figure fk_figure_marginals = {
    .name = "marginals",
    .kind = FK_STILL,
    .applies = applies,
    .write = write,
    .caption = caption,
};
