/* One variable: the density over space and time, with quantiles and some paths. */
#include <math.h>
#include <stdlib.h>

#include "plots/canvas.h"
#include "plots/fields.h"
#include "plots/label.h"
#include "plots/tics.h"
#include "plots/view.h"

extern const fk_figure fk_figure_space_time;

enum { CELLS = 400, PATHS = 12, QUANTILES = 3 };

static const double level[QUANTILES] = {0.05, 0.5, 0.95};

static bool applies(const fk_result *r)
{
    return r->problem->domain.grid.dim == 1 && r->n_frames >= 8 &&
           (r->frame_pde != NULL || r->frame_particles != NULL);
}

static double *const *shown(const fk_result *r)
{
    return r->frame_pde != NULL ? r->frame_pde : r->frame_particles;
}

static bool periodic(const fk_result *r)
{
    return r->problem->domain.face[0][0] == FK_PERIODIC;
}

/* The time axis as cells whose centres are the frames' times. */
static fk_axis time_axis(const fk_result *r)
{
    const size_t n = r->n_frames;
    const double first = r->frame_time[0], last = r->frame_time[n - 1];
    const double half = (last - first) / (double)(2 * (n - 1));
    return (fk_axis){first - half, last + half, n};
}

static void write_map(const fk_result *r, fk_canvas *c)
{
    const fk_view v = fk_view_make(&r->problem->domain.grid, CELLS);
    const fk_axis time = time_axis(r), *space = &v.grid.axis[0];
    double *z = fk_canvas_doubles(c, (time.cells + 1) * space->cells);
    if (z == NULL)
        return;
    double *column = z + time.cells * space->cells;
    for (size_t k = 0; k < time.cells; k++) {
        fk_view_average(&v, shown(r)[k], column);
        for (size_t i = 0; i < space->cells; i++)
            z[i * time.cells + k] = fk_axis_density(space, column, i);
    }
    fk_canvas_matrix(c, "space_time.bin", &time, space, z);
    free(z);
}

static void write_quantiles(const fk_result *r, double *const *p, const char *name,
                            fk_canvas *c)
{
    const fk_axis *a = &r->problem->domain.grid.axis[0];
    FILE *out = p != NULL ? fk_canvas_data(c, name) : NULL;
    if (out == NULL)
        return;
    fprintf(out, "# %s\tquantiles 0.05\t0.5\t0.95 of %s\n",
            fk_label_time_axis(r->problem).text, fk_label_axis(r->problem, 0).text);
    for (size_t k = 0; k < r->n_frames; k++) {
        fprintf(out, "%.9g", r->frame_time[k]);
        for (size_t i = 0; i < QUANTILES; i++)
            fprintf(out, "\t%.9g", fk_field_quantile(a, p[k], level[i]));
        fputc('\n', out);
    }
    fk_canvas_close(c, out);
}

static size_t paths(const fk_result *r)
{
    return r->frame_points == NULL ? 0 : r->n_paths < PATHS ? r->n_paths : PATHS;
}

/* A path that passes a periodic face is broken there. */
static void write_paths(const fk_result *r, fk_canvas *c)
{
    const fk_axis *a = &r->problem->domain.grid.axis[0];
    FILE *out = paths(r) > 0 ? fk_canvas_data(c, "paths.tsv") : NULL;
    if (out == NULL)
        return;
    fprintf(out, "# %s\t%s, one block a path\n", fk_label_time_axis(r->problem).text,
            fk_label_axis(r->problem, 0).text);
    for (size_t i = 0; i < paths(r); i++) {
        for (size_t k = 0; k < r->n_frames; k++) {
            const double x = r->frame_points[k][i];
            if (k > 0 && periodic(r) &&
                fabs(x - r->frame_points[k - 1][i]) > (a->hi - a->lo) / 2)
                fputc('\n', out);
            fprintf(out, "%.9g\t%.9g\n", r->frame_time[k], fk_tics_place(a, x));
        }
        fputs("\n\n", out);
    }
    fk_canvas_close(c, out);
}

/* Top of the colours: the highest peak once a tenth of the time is over. */
static double colour_top(const fk_result *r)
{
    double top = 0;
    for (size_t k = r->n_frames / 10; k < r->n_frames; k++)
        top = fmax(top, fk_field_peak(&r->problem->domain.grid, shown(r)[k]));
    return top > 0 ? top : 1;
}

static bool clipped(const fk_result *r)
{
    for (size_t k = 0; k < r->n_frames / 10; k++)
        if (fk_field_peak(&r->problem->domain.grid, shown(r)[k]) > colour_top(r))
            return true;
    return false;
}

static void add_plot(const fk_result *r, fk_script *s)
{
    fk_script_item(s, "'data/space_time.bin' binary matrix with image notitle");
    if (paths(r) > 0)
        fk_script_item(s,
                       "for [i=1:%zu] 'data/paths.tsv' index i-1 using 1:2 with lines "
                       "lw 0.7 lc rgb kind eq 'svg' ? '#d0d0d0' : '#70ffffff' "
                       "notitle, keyentry with lines lw 1.2 lc rgb '#a0a0a0' "
                       "title 'paths'",
                       paths(r));
    if (!periodic(r) && r->frame_pde != NULL)
        fk_script_item(s,
                       "for [i=2:4] 'data/quantiles.tsv' using 1:i with lines lw 1.6 "
                       "lc rgb gold title i == 2 ? '5, 50, 95 %%, Fokker–Planck' : ''");
    if (!periodic(r) && r->frame_particles != NULL)
        fk_script_item(
            s, "for [i=2:4] 'data/quantiles_particles.tsv' using 1:i with "
               "points pt 7 ps 0.8*dot lc rgb red title i == 2 ? '5, 50, 95 %%, "
               "particles' : ''");
    fk_script_end_plot(s);
}

static void write_script(const fk_result *r, fk_canvas *c)
{
    const fk_axis time = time_axis(r);
    fk_script s = fk_script_open(c, &fk_figure_space_time, 1600, 860);
    fk_script_axis(&s, r->problem, 0, "x");
    fk_script_number(&s, "t_lo", time.lo);
    fk_script_number(&s, "t_hi", time.hi);
    fk_script_text(&s, "t_label", fk_label_time_axis(r->problem).text);
    fk_script_text(&s, "p_label", fk_label_density(r->problem, 1, (size_t[]){0}).text);
    fk_script_number(&s, "top", colour_top(r));
    fk_script_add(&s, "\nset border 15\nset tics front\nset xrange [t_lo:t_hi]\n"
                      "set yrange [x_lo:x_hi]\nset cbrange [0:top]\n"
                      "set xlabel t_label noenhanced\nset ylabel x_label noenhanced\n"
                      "eval 'set y'.x_tics\n"
                      "set cblabel p_label noenhanced offset 0.8\n"
                      "set cbtics nice(top) offset -0.5\n"
                      "set lmargin at screen 0.08\nset rmargin at screen 0.86\n"
                      "set bmargin at screen 0.13\nset tmargin at screen 0.90\n"
                      "set colorbox user origin 0.875, 0.13 size 0.015, 0.77\n"
                      "set key at screen 0.86, 0.985 right top horizontal samplen 1.2 "
                      "width 1\n\n");
    add_plot(r, &s);
    fk_script_close(c, &fk_figure_space_time, &s);
}

static void write(const fk_result *r, fk_canvas *c)
{
    write_map(r, c);
    if (!periodic(r)) {
        write_quantiles(r, r->frame_pde, "quantiles.tsv", c);
        write_quantiles(r, r->frame_particles, "quantiles_particles.tsv", c);
    }
    write_paths(r, c);
    write_script(r, c);
}

static void caption(const fk_result *r, FILE *out)
{
    fprintf(out, "%s over space and time. ",
            r->frame_pde != NULL ? "Fokker–Planck density"
                                 : "Histogram of the particles");
    if (!periodic(r))
        fprintf(out,
                "The quantiles 0.05, 0.5 and 0.95 are those of the mass on the grid. ");
    if (clipped(r))
        fprintf(out,
                "Early densities above the colour scale are shown in its last colour.");
}

const fk_figure fk_figure_space_time = {
    .name = "space_time",
    .kind = FK_STILL,
    .applies = applies,
    .write = write,
    .caption = caption,
};
