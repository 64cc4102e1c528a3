/* One variable: what each estimate by particles says at the end beyond the reference
 * density, with its pointwise 95 % band.  One panel each, one scale. */
#include <math.h>

#include "plots/canvas.h"
#include "plots/label.h"

extern const fk_figure fk_figure_estimates;

static const char *const title[FK_ESTIMATES] = {"histogram", "last-step kernel",
                                                "smoothed histogram"};

static const fk_snapshot *last(const fk_result *r)
{
    return &r->snapshot[r->n_snapshots - 1];
}

static const double *reference(const fk_snapshot *s)
{
    return s->exact != NULL ? s->exact : s->pde;
}

static const double *estimate(const fk_snapshot *s, size_t i)
{
    const double *const p[FK_ESTIMATES] = {s->particles, s->kernel, s->smooth};
    return s->limit[i][0] != NULL && s->limit[i][1] != NULL ? p[i] : NULL;
}

static size_t count(const fk_snapshot *s)
{
    size_t n = 0;
    for (size_t i = 0; i < FK_ESTIMATES; i++)
        n += estimate(s, i) != NULL;
    return n;
}

static bool applies(const fk_result *r)
{
    return r->problem->domain.grid.dim == 1 && r->n_snapshots > 1 &&
           reference(last(r)) != NULL && count(last(r)) > 0;
}

/* p - q at cell k. */
static double beyond(const fk_axis *a, const double *p, const double *q, size_t k)
{
    return fk_axis_density(a, p, k) - fk_axis_density(a, q, k);
}

/* Blocks: the estimates that there are. */
static void write_data(const fk_result *r, fk_canvas *c)
{
    const fk_snapshot *s = last(r);
    const fk_axis *a = &r->problem->domain.grid.axis[0], even = fk_axis_even(a);
    const double *q = reference(s);
    FILE *out = fk_canvas_data(c, "estimates.tsv");
    if (out == NULL)
        return;
    fprintf(out, "# %s\testimate\tlower\tupper, minus the reference\n",
            fk_label_axis(r->problem, 0).text);
    for (size_t i = 0; i < FK_ESTIMATES; i++) {
        const double *p = estimate(s, i);
        if (p == NULL)
            continue;
        fprintf(out, "# %s\n", title[i]);
        for (size_t k = 0; k < a->cells; k++)
            fprintf(out, "%.9g\t%.6g\t%.6g\t%.6g\n", fk_axis_centre(&even, k),
                    beyond(a, p, q, k), beyond(a, s->limit[i][0], q, k),
                    beyond(a, s->limit[i][1], q, k));
        fputs("\n\n", out);
    }
    fk_canvas_close(c, out);
}

/* The farthest that a band reaches from the reference. */
static double farthest(const fk_result *r)
{
    const fk_snapshot *s = last(r);
    const fk_axis *a = &r->problem->domain.grid.axis[0];
    double most = 0.0;
    for (size_t i = 0; i < FK_ESTIMATES; i++)
        for (size_t k = 0; estimate(s, i) != NULL && k < a->cells; k++)
            for (size_t side = 0; side < 2; side++)
                most = fmax(most, fabs(beyond(a, s->limit[i][side], reference(s), k)));
    return most;
}

static void add_panel(fk_script *s, size_t panel, size_t n, const char *name)
{
    const double height = 0.82 / (double)n;
    const double top = 0.96 - height * (double)panel, bottom = top - 0.92 * height;
    fk_script_add(s, "\nset tmargin at screen %g\nset bmargin at screen %g\n", top,
                  bottom);
    if (panel + 1 == n)
        fk_script_add(s, "set format x '%%g'\nset xlabel x_label noenhanced\n"
                         "eval 'set x'.x_tics\n");
    fk_script_add(s, "set label 1 '%s' at graph 0.015, 0.9 tc rgb ink\n", name);
    fk_script_item(s,
                   "'data/estimates.tsv' index %zu using 1:3:4 with filledcurves "
                   "fs solid noborder lc rgb halo notitle",
                   panel);
    fk_script_item(s, "0 with lines lc rgb ink lw 1 notitle");
    fk_script_item(s,
                   "'data/estimates.tsv' index %zu using 1:2 with lines "
                   "lc rgb colour[%zu] lw 1.6 notitle",
                   panel, panel + 1);
    fk_script_end_plot(s);
    fk_script_add(s, "unset label 2\n");
}

static void write(const fk_result *r, fk_canvas *c)
{
    const fk_snapshot *shown = last(r);
    const size_t n = count(shown);
    write_data(r, c);
    fk_script s = fk_script_open(c, &fk_figure_estimates, 1600, 300 + 280 * (int)n);
    fk_script_axis(&s, r->problem, 0, "x");
    fk_script_text(&s, "t_label", fk_label_time(r->problem, shown->t).text);
    fk_script_text(
        &s, "d_label",
        fk_label_unit("estimate − reference",
                      fk_label_density_unit(r->problem, 1, (size_t[]){0}).text)
            .text);
    fk_script_number(&s, "most", 1.1 * farthest(r));
    fk_script_add(&s, "\nset multiplot\nset lmargin at screen 0.11\n"
                      "set rmargin at screen 0.97\nset xrange [x_lo:x_hi]\n"
                      "set yrange [-most:most]\nset format x ''\n"
                      "eval 'set x'.x_bare\n"
                      "set ytics autofreq\n"
                      "set label 2 d_label.' at '.t_label at screen 0.025, 0.55 center "
                      "rotate noenhanced tc rgb ink\n");
    for (size_t i = 0, panel = 0; i < FK_ESTIMATES; i++)
        if (estimate(shown, i) != NULL)
            add_panel(&s, panel++, n, title[i]);
    fk_script_add(&s, "unset multiplot\n");
    fk_script_close(c, &fk_figure_estimates, &s);
}

static void caption(const fk_result *r, FILE *out)
{
    fprintf(out,
            "Estimates by %zu particles at the end minus the %s density, on one scale. "
            "Grey: pointwise 95 %% bands, which should hold 0 at 19 places of 20; "
            "neighbouring places go together where an estimate is smooth.",
            r->problem->particles.count,
            last(r)->exact != NULL ? "exact" : "Fokker-Planck");
}

const fk_figure fk_figure_estimates = {
    .name = "estimates",
    .kind = FK_STILL,
    .applies = applies,
    .write = write,
    .caption = caption,
};
