/* One variable: densities at the output times, lines by the Fokker-Planck equation and
 * points by the particles; below, their difference in standard errors. */
#include <math.h>
#include <string.h>

#include "core/density.h"
#include "plots/canvas.h"
#include "plots/fields.h"
#include "plots/histogram.h"
#include "plots/label.h"
#include "plots/view.h"

extern const fk_figure fk_figure_density;

enum { MOST = 6 };

typedef struct choice {
    size_t n, index[MOST + 1]; /* snapshots that are drawn */
    bool skips_initial;
    bool pde, particles, kernel, exact, residual; /* on some of them */
    double top;                                   /* of the density axis */
} choice;

static bool shows_anything(const fk_snapshot *s)
{
    return s->pde != NULL || s->particles != NULL || s->exact != NULL;
}

static double peak(const fk_snapshot *s, const fk_grid *g)
{
    return fk_field_peak(g, s->pde != NULL     ? s->pde
                            : s->exact != NULL ? s->exact
                                               : s->particles);
}

/* An axis without an end is for tails that fall slowly: powers are seen on a logarithmic
 * scale, ten decades of it at most. */
static bool logarithmic(const fk_result *r)
{
    const fk_axis *a = &r->problem->domain.grid.axis[0];
    return isinf(a->lo) || isinf(a->hi);
}

static double bottom(const fk_result *r, const choice *chosen)
{
    const fk_axis *a = &r->problem->domain.grid.axis[0];
    double least = chosen->top;
    if (!logarithmic(r))
        return 0;
    for (size_t k = 0; k < chosen->n; k++) {
        const fk_snapshot *s = &r->snapshot[chosen->index[k]];
        const double *p = s->pde != NULL ? s->pde : s->particles;
        for (size_t i = 0; p != NULL && i < a->cells; i++)
            if (p[i] > 0)
                least = fmin(least, fk_axis_density(a, p, i));
    }
    return fmax(0.5 * least, 1e-10 * chosen->top);
}

static void note(choice *c, const fk_snapshot *s)
{
    c->pde = c->pde || s->pde != NULL;
    c->particles = c->particles || s->particles != NULL;
    c->kernel = c->kernel || s->kernel != NULL;
    c->exact = c->exact || s->exact != NULL;
    c->residual = c->residual || (s->particles != NULL && (s->pde || s->exact));
}

/* The initial density is left out where its peak would make the rest a flat line. */
static choice choose(const fk_result *r)
{
    const fk_grid *g = &r->problem->domain.grid;
    choice c = {.n = 0};
    if (r->n_snapshots == 0)
        return c;
    for (size_t i = 1; i < r->n_snapshots; i++)
        c.top = fmax(c.top, peak(&r->snapshot[i], g));
    const double first = peak(&r->snapshot[0], g);
    c.skips_initial = r->n_snapshots > 1 && first > 2.5 * c.top;
    if (!c.skips_initial)
        c.top = fmax(c.top, first);
    const size_t skipped = c.skips_initial ? 1 : 0;
    c.n = fk_view_pick(r->n_snapshots - skipped, MOST, c.index);
    for (size_t k = 0; k < c.n; k++) {
        c.index[k] += skipped;
        note(&c, &r->snapshot[c.index[k]]);
    }
    return c;
}

static bool applies(const fk_result *r)
{
    if (r->problem->domain.grid.dim != 1)
        return false;
    for (size_t i = 0; i < r->n_snapshots; i++)
        if (shows_anything(&r->snapshot[i]))
            return true;
    return false;
}

static double value(const fk_axis *a, const double *p, size_t i)
{
    return p != NULL ? fk_axis_density(a, p, i) : (double)NAN;
}

static void write_lines(const fk_result *r, const choice *chosen, fk_canvas *c)
{
    const fk_axis *a = &r->problem->domain.grid.axis[0], even = fk_axis_even(a);
    FILE *out = fk_canvas_data(c, "density.tsv");
    if (out == NULL)
        return;
    fprintf(out, "# %s\tfokker_planck\tkernel\texact, each %s\n",
            fk_label_axis(r->problem, 0).text,
            fk_label_density(r->problem, 1, (size_t[]){0}).text);
    for (size_t k = 0; k < chosen->n; k++) {
        const fk_snapshot *s = &r->snapshot[chosen->index[k]];
        fprintf(out, "# %s\n", fk_label_time(r->problem, s->t).text);
        for (size_t i = 0; i < a->cells; i++)
            fprintf(out, "%.9g\t%.9g\t%.9g\t%.9g\n", fk_axis_centre(&even, i),
                    value(a, s->pde, i), value(a, s->kernel, i), value(a, s->exact, i));
        fputs("\n\n", out);
    }
    fk_canvas_close(c, out);
}

static void write_points(const fk_result *r, const choice *chosen, fk_canvas *c)
{
    const fk_problem *p = r->problem;
    FILE *out = fk_canvas_data(c, "histogram.tsv");
    if (out == NULL)
        return;
    fprintf(out, "# particles: %s\n", fk_histogram_columns);
    for (size_t k = 0; k < chosen->n; k++) {
        const fk_snapshot *s = &r->snapshot[chosen->index[k]];
        fprintf(out, "# %s\n", fk_label_time(p, s->t).text);
        if (s->particles != NULL)
            fk_histogram_write(out, &p->domain.grid.axis[0], (double)p->particles.count,
                               s->particles, s->pde != NULL ? s->pde : s->exact);
        else
            fputs("nan\tnan\tnan\tnan\n", out);
        fputs("\n\n", out);
    }
    fk_canvas_close(c, out);
}

static void add_legend(fk_script *s, const choice *chosen)
{
    if (chosen->pde)
        fk_script_item(s,
                       "keyentry with lines lc rgb ink lw 1.6 title 'Fokker–Planck'");
    if (chosen->particles)
        fk_script_item(s, "keyentry with points pt 7 ps dot lc rgb ink title "
                          "'particles, 1 s.e.'");
    if (chosen->kernel)
        fk_script_item(s,
                       "keyentry with lines lc rgb halo lw 6 title 'kernel estimate'");
    if (chosen->exact)
        fk_script_item(s, "keyentry with lines dt 2 lc rgb ink lw 1 title 'exact'");
    fk_script_item(s, "for [i=1:n] keyentry with points pt 5 ps 1.7*dot "
                      "lc palette frac shade(i, n) title time_label[i]");
}

/* Lists of the curves that are there, such as  exact_of = '1 2 4'. */
static void add_list(fk_script *s, const fk_result *r, const choice *chosen,
                     const char *name, size_t offset)
{
    fk_script_add(s, "%s = '", name);
    for (size_t k = 0; k < chosen->n; k++) {
        double *p = NULL;
        memcpy(&p, (const char *)&r->snapshot[chosen->index[k]] + offset, sizeof p);
        if (p != NULL)
            fk_script_add(s, "%zu ", k + 1);
    }
    fk_script_add(s, "'\n");
}

static void add_densities(fk_script *s, const choice *chosen)
{
    if (chosen->kernel)
        fk_script_item(s,
                       "for [i in kernel_of] 'data/density.tsv' index (i-1) using 1:3 "
                       "with lines lc rgb halo lw 6 notitle");
    if (chosen->pde)
        fk_script_item(s, "for [i in pde_of] 'data/density.tsv' index (i-1) using 1:2 "
                          "with lines lc palette frac shade(i, n) lw 1.6 notitle");
    if (chosen->exact)
        fk_script_item(s,
                       "for [i in exact_of] 'data/density.tsv' index (i-1) using 1:4 "
                       "with lines dt 2 lc rgb ink lw 1 notitle");
    if (chosen->particles)
        fk_script_item(s,
                       "for [i in particles_of] 'data/histogram.tsv' index (i-1) using "
                       "1:2:3 with yerrorbars pt 7 ps 0.9*dot lw 0.9 lc palette frac "
                       "shade(i, n) notitle");
    add_legend(s, chosen);
    fk_script_end_plot(s);
}

static void add_residuals(fk_script *s)
{
    fk_script_add(s, "\nset bmargin at screen 0.11\nset tmargin at screen 0.30\n"
                     "set format x '%%g'\nset xlabel x_label noenhanced\n"
                     "eval 'set x'.x_tics\nunset logscale y\nset format y '%%g'\n"
                     "set ylabel 'difference / s.e.'\nset yrange [-5:5]\n"
                     "set ytics (-4, -2, 0, 2, 4)\nunset key\n"
                     "set arrow 1 from x_lo, 0 to x_hi, 0 nohead lc rgb pale lw 1\n"
                     "set arrow 2 from x_lo, 2 to x_hi, 2 nohead dt 3 lc rgb pale\n"
                     "set arrow 3 from x_lo, -2 to x_hi, -2 nohead dt 3 lc rgb pale\n");
    fk_script_item(s,
                   "for [i in particles_of] 'data/histogram.tsv' index (i-1) using 1:4 "
                   "with points pt 7 ps 0.9*dot lc palette frac shade(i, n) notitle");
    fk_script_end_plot(s);
}

static void write_script(const fk_result *r, const choice *chosen, fk_canvas *c)
{
    double time[MOST];
    fk_script s =
        fk_script_open(c, &fk_figure_density, 1600, chosen->residual ? 1100 : 800);
    for (size_t k = 0; k < chosen->n; k++)
        time[k] = r->snapshot[chosen->index[k]].t;
    fk_script_axis(&s, r->problem, 0, "x");
    fk_script_times(&s, r->problem, chosen->n, time);
    fk_script_text(&s, "p_label", fk_label_density(r->problem, 1, (size_t[]){0}).text);
    fk_script_number(&s, "p_top", (logarithmic(r) ? 2 : 1.08) * chosen->top);
    fk_script_number(&s, "p_bottom", bottom(r, chosen));
    fk_script_add(&s, "n = %zu\n", chosen->n);
    add_list(&s, r, chosen, "pde_of", offsetof(fk_snapshot, pde));
    add_list(&s, r, chosen, "particles_of", offsetof(fk_snapshot, particles));
    add_list(&s, r, chosen, "kernel_of", offsetof(fk_snapshot, kernel));
    add_list(&s, r, chosen, "exact_of", offsetof(fk_snapshot, exact));
    fk_script_add(&s, "\nset multiplot\n");
    fk_script_add(&s,
                  "set lmargin at screen 0.09\nset rmargin at screen 0.80\n"
                  "set tmargin at screen 0.97\nset bmargin at screen %g\n",
                  chosen->residual ? 0.36 : 0.13);
    fk_script_add(&s,
                  "set xrange [x_lo:x_hi]\nset yrange [p_bottom:p_top]\n"
                  "set cbrange [0:1]\n%s"
                  "set ylabel p_label noenhanced offset 0.5\n"
                  "set key at screen 0.995, 0.96 right top Left reverse\n",
                  logarithmic(r) ? "set logscale y\nset format y '10^{%T}'\n" : "");
    fk_script_add(&s, chosen->residual
                          ? "set format x ''\neval 'set x'.x_bare\n"
                          : "set xlabel x_label noenhanced\neval 'set x'.x_tics\n");
    add_densities(&s, chosen);
    if (chosen->residual)
        add_residuals(&s);
    fk_script_add(&s, "unset multiplot\n");
    fk_script_close(c, &fk_figure_density, &s);
}

static void write(const fk_result *r, fk_canvas *c)
{
    const choice chosen = choose(r);
    write_lines(r, &chosen, c);
    write_points(r, &chosen, c);
    write_script(r, &chosen, c);
}

static void caption(const fk_result *r, FILE *out)
{
    const choice chosen = choose(r);
    fprintf(out, "Density at the output times. ");
    if (chosen.particles)
        fprintf(out, "Points: histogram of %zu particles, bars one standard error. ",
                r->problem->particles.count);
    if (chosen.skips_initial)
        fprintf(out, "The initial density, %.3g times as high, is not drawn. ",
                peak(&r->snapshot[0], &r->problem->domain.grid) / chosen.top);
    if (chosen.residual)
        fprintf(out,
                "Below: particles minus %s in standard errors, where at least 5 "
                "particles are expected; two of three points should lie within 1.",
                chosen.pde ? "Fokker-Planck" : "exact");
}

const fk_figure fk_figure_density = {
    .name = "density",
    .kind = FK_STILL,
    .applies = applies,
    .write = write,
    .caption = caption,
};
