/* The paths that the problem asks for: over time, with the quantiles that 95 % of the
 * particles keep between and with the walls; with two variables in their plane, over the
 * density at the end. */
#include <math.h>
#include <stdlib.h>

#include "plots/canvas.h"
#include "plots/fields.h"
#include "plots/label.h"
#include "plots/map.h"
#include "plots/tics.h"
#include "sde/walls.h"

extern const fk_figure fk_figure_paths;

enum { MAP_CELLS = 1000, PANELS = 3, NAMED = 12, WALL_POINTS = 101 };

static const double level[] = {0.025, 0.5, 0.975};

static bool applies(const fk_result *r)
{
    return r->n_traced > 0;
}

static bool in_plane(const fk_result *r)
{
    return r->problem->sde->dim == 2;
}

/* Variables that are shown over time, one above the other. */
static size_t panels(const fk_result *r)
{
    const size_t dim = r->problem->sde->dim;
    return in_plane(r) ? 1 : dim < PANELS ? dim : PANELS;
}

/* ---- data ---- */

/* Whether a step leads through a periodic face: lines are broken there. */
static bool wraps(const fk_problem *p, const double *from, const double *to)
{
    for (size_t i = 0; p->has_domain && i < p->domain.grid.dim; i++) {
        const fk_axis *a = &p->domain.grid.axis[i];
        if (p->domain.face[i][0] == FK_PERIODIC &&
            fabs(to[i] - from[i]) > 0.5 * (a->hi - a->lo))
            return true;
    }
    return false;
}

/* Where x is on the picture of variable i. */
static double place(const fk_problem *p, size_t i, double x)
{
    return p->has_domain && i < p->domain.grid.dim &&
                   p->domain.grid.axis[i].stretch != NULL
               ? fk_tics_place(&p->domain.grid.axis[i], x)
               : x;
}

static void write_paths(const fk_result *r, fk_canvas *c)
{
    const size_t dim = r->problem->sde->dim, shown = dim < PANELS ? dim : PANELS;
    FILE *out = fk_canvas_data(c, "traced.tsv");
    if (out == NULL)
        return;
    fprintf(out, "# %s", fk_label_time_axis(r->problem).text);
    for (size_t i = 0; i < shown; i++)
        fprintf(out, "\t%s", fk_label_axis(r->problem, i).text);
    fputs(", one block a path\n", out);
    for (size_t k = 0; k < r->n_traced; k++) {
        const fk_path *p = &r->traced[k];
        for (size_t n = 0; n < p->n; n++) {
            const double *x = p->x + n * dim;
            if (n > 0 && wraps(r->problem, x - dim, x))
                fputc('\n', out);
            fprintf(out, "%.9g", p->t[n]);
            for (size_t i = 0; i < shown; i++)
                fprintf(out, "\t%.9g", place(r->problem, i, x[i]));
            fputc('\n', out);
        }
        fputs("\n\n", out);
    }
    fk_canvas_close(c, out);
}

static void write_band_of(FILE *out, const fk_axis *a, double t, const double *p)
{
    if (p == NULL)
        return;
    fprintf(out, "%.9g", t);
    for (size_t i = 0; i < sizeof level / sizeof *level; i++)
        fprintf(out, "\t%.9g", fk_field_quantile(a, p, level[i]));
    fputc('\n', out);
}

/* Of the density on a line: at the frames if there are any, else at the outputs. */
static void write_density_band(const fk_result *r, FILE *out)
{
    const fk_axis *a = &r->problem->domain.grid.axis[0];
    double *const *frame = r->frame_pde != NULL ? r->frame_pde : r->frame_particles;
    for (size_t k = 0; k < r->n_frames; k++)
        write_band_of(out, a, r->frame_time[k], frame[k]);
    for (size_t k = 0; r->n_frames == 0 && k < r->n_snapshots; k++) {
        const fk_snapshot *s = &r->snapshot[k];
        write_band_of(out, a, s->t, s->pde != NULL ? s->pde : s->particles);
    }
}

/* Of the particles' own quantiles 1, 3 and 5, which have the same levels. */
static void write_sample_band(const fk_result *r, size_t i, FILE *out)
{
    const size_t dim = r->problem->sde->dim;
    for (size_t k = 0; k < r->n_snapshots; k++) {
        const fk_snapshot *s = &r->snapshot[k];
        if (s->moments.mean != NULL && s->moments.count > 0.0)
            fprintf(out, "%.9g\t%.9g\t%.9g\t%.9g\n", s->t, s->moments.quantile[i],
                    s->moments.quantile[2 * dim + i], s->moments.quantile[4 * dim + i]);
    }
}

static bool has_band(const fk_result *r)
{
    const fk_problem *p = r->problem;
    return !p->has_domain ||
           (p->domain.grid.dim == 1 && p->domain.face[0][0] != FK_PERIODIC);
}

static void write_bands(const fk_result *r, fk_canvas *c)
{
    FILE *out = has_band(r) ? fk_canvas_data(c, "traced_band.tsv") : NULL;
    if (out == NULL)
        return;
    fprintf(out, "# %s\tquantiles 0.025\t0.5\t0.975, one block a variable\n",
            fk_label_time_axis(r->problem).text);
    for (size_t i = 0; i < panels(r); i++) {
        if (r->problem->has_domain)
            write_density_band(r, out);
        else
            write_sample_band(r, i, out);
        fputs("\n\n", out);
    }
    fk_canvas_close(c, out);
}

static bool is_wall(fk_boundary b)
{
    return b != FK_OPEN && b != FK_PERIODIC;
}

static bool has_walls(const fk_result *r)
{
    const fk_problem *p = r->problem;
    return !in_plane(r) && p->has_domain && p->domain.grid.dim == 1 &&
           (is_wall(p->domain.face[0][0]) || is_wall(p->domain.face[0][1]));
}

/* Blocks t, place of the walls on a line: lower and upper. */
static void write_walls(const fk_result *r, fk_canvas *c)
{
    const fk_problem *p = r->problem;
    const fk_axis *a = &p->domain.grid.axis[0];
    fk_walls *walls = NULL;
    if (!has_walls(r))
        return;
    const bool move = fk_domain_moves(&p->domain) &&
                      fk_walls_new(p->sde, &p->domain, &walls) == FK_OK;
    double *scratch = fk_canvas_doubles(c, move ? fk_walls_scratch(walls) : 0);
    FILE *out = fk_canvas_data(c, "traced_walls.tsv");
    for (size_t side = 0; side < 2 && out != NULL; side++) {
        for (size_t k = 0; k < WALL_POINTS && is_wall(p->domain.face[0][side]); k++) {
            const double t =
                p->start + (p->end - p->start) * (double)k / (WALL_POINTS - 1);
            const double at = move ? fk_walls_at(walls, t, scratch).at[side]
                                   : (side == 0 ? a->lo : a->hi);
            fprintf(out, "%.9g\t%.9g\n", t, place(p, 0, at));
        }
        fputs("\n\n", out);
    }
    fk_canvas_close(c, out);
    fk_walls_free(walls);
    free(scratch);
}

static const double *last_density(const fk_result *r)
{
    const fk_snapshot *s = &r->snapshot[r->n_snapshots - 1];
    return s->pde != NULL ? s->pde : s->particles;
}

/* ---- scripts ---- */

static void add_paths(fk_script *s, size_t x, size_t y)
{
    fk_script_item(
        s,
        "for [i=1:paths] 'data/traced.tsv' index i-1 using %zu:%zu with lines "
        "lw 1 dt 1+(i-1)/6 lc rgb colour[1+(i-1)%%6] notitle",
        x, y);
}

static void add_names(const fk_result *r, fk_script *s)
{
    if (r->n_traced <= NAMED)
        fk_script_item(s, "for [i=1:paths] keyentry with lines lw 1.6 "
                          "dt 1+(i-1)/6 lc rgb colour[1+(i-1)%%6] title path_name[i]");
}

/* Pixels of n panels and what is below them. */
static int series_height(size_t n)
{
    return 300 + 400 * (int)n;
}

/* Panel k of n, from the top. */
static void add_panel(const fk_result *r, fk_script *s, size_t k, size_t n)
{
    const double height = (0.97 - 100.0 / series_height(n)) / (double)n;
    fk_script_add(s,
                  "\nset tmargin at screen %g\nset bmargin at screen %g\n"
                  "set ylabel y_name[%zu] noenhanced\n",
                  0.97 - height * (double)k, 0.97 - height * ((double)k + 0.92), k + 1);
    if (r->problem->has_domain) {
        const fk_axis *a = &r->problem->domain.grid.axis[k], even = fk_axis_even(a);
        fk_script_add(s, "set yrange [%.9g:%.9g]\n", even.lo, even.hi);
        if (s->out != NULL)
            fk_tics_write(s->out, "y", a);
        fk_script_add(s, "eval 'set y'.y_tics\n");
    }
    fk_script_add(s, k + 1 == n ? "set format x '%%g'\nset xlabel t_label noenhanced\n"
                                : "set format x ''\n");
    if (has_band(r))
        fk_script_item(s,
                       "'data/traced_band.tsv' index %zu using 1:2:4 with filledcurves "
                       "fs solid noborder lc rgb '#e4e4e4' notitle, '' index %zu using "
                       "1:3 with lines lw 2 lc rgb pale notitle",
                       k, k);
    add_paths(s, 1, k + 2);
    if (has_walls(r))
        fk_script_item(s, "for [i=0:1] 'data/traced_walls.tsv' index i using 1:2 with "
                          "lines lw 2 lc rgb ink notitle");
    if (k == 0 && has_band(r))
        fk_script_item(s,
                       "keyentry with filledcurves fs solid noborder lc rgb '#e4e4e4' "
                       "title '95 %% of %s', keyentry with lines lw 2 lc rgb pale "
                       "title 'median'",
                       r->problem->has_domain ? "the density" : "particles");
    if (k == 0 && has_walls(r))
        fk_script_item(s, "keyentry with lines lw 2 lc rgb ink title 'walls'");
    if (k == 0)
        add_names(r, s);
    fk_script_end_plot(s);
    fk_script_add(s, "unset key\n");
}

static void add_series(const fk_result *r, fk_script *s)
{
    const size_t n = panels(r);
    fk_label name[PANELS];
    const char *text[PANELS];
    for (size_t i = 0; i < n; i++) {
        name[i] = fk_label_axis(r->problem, i);
        text[i] = name[i].text;
    }
    fk_script_texts(s, "y_name", n, text);
    fk_script_number(s, "t_lo", r->problem->start);
    fk_script_number(s, "t_hi", r->problem->end);
    fk_script_add(s, "set xrange [t_lo:t_hi]\nset lmargin at screen 0.09\n"
                     "set rmargin at screen 0.74\nset multiplot\n"
                     "set key at screen 0.995, 0.96 right top Left reverse\n");
    for (size_t k = 0; k < n; k++)
        add_panel(r, s, k, n);
    fk_script_add(s, "unset multiplot\n");
}

static void add_plane(const fk_result *r, fk_script *s)
{
    const fk_problem *p = r->problem;
    if (p->has_domain) {
        fk_script_axis(s, p, 0, "x");
        fk_script_axis(s, p, 1, "y");
        fk_script_add(s, "set xrange [x_lo:x_hi]\nset yrange [y_lo:y_hi]\n"
                         "eval 'set x'.x_tics\neval 'set y'.y_tics\n");
    } else {
        fk_script_text(s, "x_label", fk_label_axis(p, 0).text);
        fk_script_text(s, "y_label", fk_label_axis(p, 1).text);
    }
    fk_script_add(s, "set xlabel x_label noenhanced\nset ylabel y_label noenhanced\n"
                     "set lmargin at screen 0.11\nset rmargin at screen 0.76\n"
                     "set key at screen 0.995, 0.96 right top Left reverse\n"
                     "set palette defined (0 '#ffffff', 1 '#b4b4b4')\n");
    if (p->has_domain)
        fk_script_item(s, "'data/traced_density.bin' binary matrix with image notitle");
    add_paths(s, 2, 3);
    fk_script_item(s, "for [i=1:paths] 'data/traced.tsv' index i-1 every ::0::0 using "
                      "2:3 with points pt 6 ps dot lc rgb ink notitle");
    if (p->has_domain)
        fk_script_item(s, "keyentry with points pt 5 ps 1.7*dot lc rgb '#b4b4b4' "
                          "title 'density at the end'");
    fk_script_item(s, "keyentry with points pt 6 ps dot lc rgb ink title 'start'");
    add_names(r, s);
    fk_script_end_plot(s);
}

static void write_script(const fk_result *r, fk_canvas *c)
{
    char number[NAMED][48];
    const char *text[NAMED];
    const size_t named = r->n_traced <= NAMED ? r->n_traced : 0;
    fk_script s = fk_script_open(c, &fk_figure_paths, in_plane(r) ? 1300 : 1600,
                                 in_plane(r) ? 950 : series_height(panels(r)));
    for (size_t i = 0; i < named; i++) {
        snprintf(number[i], sizeof number[i], "particle %zu", r->traced[i].particle);
        text[i] = number[i];
    }
    if (named > 0)
        fk_script_texts(&s, "path_name", named, text);
    fk_script_text(&s, "t_label", fk_label_time_axis(r->problem).text);
    fk_script_add(&s, "paths = %zu\n\n", r->n_traced);
    if (in_plane(r))
        add_plane(r, &s);
    else
        add_series(r, &s);
    fk_script_close(c, &fk_figure_paths, &s);
}

static void write(const fk_result *r, fk_canvas *c)
{
    const fk_problem *p = r->problem;
    write_paths(r, c);
    if (in_plane(r) && p->has_domain)
        fk_map_density(c, "traced_density.bin", &p->domain.grid, MAP_CELLS,
                       last_density(r));
    if (!in_plane(r)) {
        write_bands(r, c);
        write_walls(r, c);
    }
    write_script(r, c);
}

static void caption(const fk_result *r, FILE *out)
{
    size_t left = 0;
    for (size_t i = 0; i < r->n_traced; i++)
        left += r->traced[i].end != FK_PATH_GOES_ON;
    fprintf(out, "Paths of %zu particle%s, %s. ", r->n_traced,
            r->n_traced == 1 ? "" : "s",
            in_plane(r) ? "in the plane of the variables" : "over time");
    if (!in_plane(r) && has_band(r))
        fprintf(out, "The band holds 95 %% of %s at each time. ",
                r->problem->has_domain ? "the density on the grid" : "the particles");
    if (left > 0)
        fprintf(out, "%zu of them ended on the way. ", left);
    fputs("All their points are in results.nc and paths.csv.", out);
}

const fk_figure fk_figure_paths = {
    .name = "paths",
    .kind = FK_STILL,
    .anywhere = true,
    .applies = applies,
    .write = write,
    .caption = caption,
};
