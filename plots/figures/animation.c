/* The run as a moving picture: particles over the density, forward in time and, where
 * samplers ran back, back again. */
#include <math.h>
#include <stdlib.h>

#include "plots/canvas.h"
#include "plots/fields.h"
#include "plots/histogram.h"
#include "plots/label.h"
#include "plots/map.h"

enum { MOST = 48, MAP_CELLS = 120, DOTS = 500 }; /* frames each way */

extern const fk_figure fk_figure_animation;

static const char body_1[] =
    "set xrange [x_lo:x_hi]\n"
    "set yrange [0:p_top]\n"
    "set xlabel x_label noenhanced\n"
    "set ylabel p_label noenhanced\n"
    "eval 'set x'.x_tics\n"
    "do for [k=1:frames] {\n"
    "    set label 1 time_label[k] at graph 0.03, 0.94 front noenhanced\n"
    "    set label 2 way[k] at graph 0.03, 0.87 front tc rgb pale noenhanced\n"
    "    plot has_law ? 'data/movie.tsv' : '/dev/null' index (k - 1) using 1:2 \\\n"
    "            with lines lc rgb blue lw 2 title law_name, \\\n"
    "        'data/movie_points.tsv' index (k - 1) using 1:2 with points pt 7 ps 0.5 "
    "\\\n"
    "            lc rgb red title 'particles'\n"
    "}\n";

static const char body_2[] =
    "set border 15\n"
    "set tics front\n"
    "set size ratio ratio\n"
    "set xrange [x_lo:x_hi]\n"
    "set yrange [y_lo:y_hi]\n"
    "set xlabel x_label noenhanced\n"
    "set ylabel y_label noenhanced\n"
    "eval 'set x'.x_tics\n"
    "eval 'set y'.y_tics\n"
    "do for [k=1:frames] {\n"
    "    set label 1 time_label[k] at graph 0.03, 0.95 front tc rgb 'white' "
    "noenhanced\n"
    "    set label 2 way[k] at graph 0.03, 0.89 front tc rgb 'white' noenhanced\n"
    "    set cbrange [0:peak[k]]\n"
    "    plot sprintf('data/movie_%d.bin', k) binary matrix with image notitle, \\\n"
    "        'data/movie_dots.tsv' index (k - 1) using 1:2 with points pt 7 ps 0.25 "
    "\\\n"
    "        lc rgb 'white' notitle\n"
    "}\n";

/* One frame; back == NULL: forward. */
typedef struct moment {
    const fk_reverse_run *back;
    size_t index;
    double t;
} moment;

static bool applies(const fk_result *r)
{
    return r->n_frames > 1 && r->problem->domain.grid.dim <= 2 &&
           (r->frame_pde != NULL || r->frame_particles != NULL);
}

static size_t thin(size_t n)
{
    return n < MOST ? n : MOST;
}

/* All forward frames, then those of the first way back. */
static size_t schedule(const fk_result *r, moment it[2 * MOST])
{
    size_t n = 0;
    const size_t there = thin(r->n_frames);
    for (size_t i = 0; i < there; i++) {
        const size_t k = (r->n_frames - 1) * i / (there - 1);
        it[n++] = (moment){NULL, k, r->frame_time[k]};
    }
    const fk_reverse_run *v = r->n_reverse > 0 ? &r->reverse[0] : NULL;
    const size_t back = v != NULL && r->frame_pde != NULL ? thin(v->n_frames) : 0;
    for (size_t i = 0; back > 1 && i < back; i++) {
        const size_t k = (v->n_frames - 1) * i / (back - 1);
        it[n++] = (moment){v, k, v->time[k]};
    }
    return n;
}

static const double *histogram_of(const fk_result *r, const moment *it)
{
    if (it->back != NULL)
        return it->back->density[it->index];
    return r->frame_particles != NULL ? r->frame_particles[it->index] : NULL;
}

static void write_lines(const fk_result *r, size_t n, const moment *it, fk_canvas *c)
{
    const fk_axis *a = &r->problem->domain.grid.axis[0], even = fk_axis_even(a);
    double *p = fk_canvas_doubles(c, a->cells);
    FILE *lines = fk_canvas_data(c, "movie.tsv");
    FILE *points = fk_canvas_data(c, "movie_points.tsv");
    for (size_t k = 0; k < n && p != NULL && lines != NULL && points != NULL; k++) {
        const double *h = histogram_of(r, &it[k]);
        const bool known = fk_forward_density(r, it[k].t, p);
        for (size_t i = 0; i < a->cells; i++)
            fprintf(lines, "%.6g\t%.6g\n", fk_axis_centre(&even, i),
                    known ? fk_axis_density(a, p, i) : (double)NAN);
        fputs("\n\n", lines);
        if (h != NULL)
            fk_histogram_write(points, a, (double)r->problem->particles.count, h, NULL);
        else
            fputs("nan\tnan\n", points);
        fputs("\n\n", points);
    }
    fk_canvas_close(c, lines);
    fk_canvas_close(c, points);
    free(p);
}

static void write_dots(FILE *out, const fk_result *r, const moment *it)
{
    const fk_grid *g = &r->problem->domain.grid;
    const fk_reverse_run *v = it->back;
    if (v != NULL && v->frame_points != NULL)
        fk_dots_write(out, g, v->n_followed, v->frame_points[it->index], NULL, DOTS);
    else if (v == NULL && r->frame_points != NULL)
        fk_dots_write(out, g, r->n_paths, r->frame_points[it->index], NULL, DOTS);
    fputs("nan\tnan\n\n\n", out);
}

static void write_maps(const fk_result *r, size_t n, const moment *it, double *peak,
                       fk_canvas *c)
{
    const fk_grid *g = &r->problem->domain.grid;
    double *p = fk_canvas_doubles(c, fk_grid_cells(g));
    FILE *dots = fk_canvas_data(c, "movie_dots.tsv");
    for (size_t k = 0; k < n && p != NULL && dots != NULL; k++) {
        char name[64];
        const double *field = p;
        if (!fk_forward_density(r, it[k].t, p))
            field = histogram_of(r, &it[k]);
        peak[k] = fk_field_peak(g, field);
        snprintf(name, sizeof name, "movie_%zu.bin", k + 1);
        fk_map_density(c, name, g, MAP_CELLS, field);
        write_dots(dots, r, &it[k]);
    }
    fk_canvas_close(c, dots);
    free(p);
}

/* Highest of the densities but for the first twentieth, when it may be a spike. */
static double top(const fk_result *r)
{
    const fk_grid *g = &r->problem->domain.grid;
    double most = 0.0;
    for (size_t k = r->n_frames / 20 + 1; k < r->n_frames; k++)
        most =
            fmax(most, fk_field_peak(g, r->frame_pde != NULL ? r->frame_pde[k]
                                                             : r->frame_particles[k]));
    return most;
}

static void write_script(const fk_result *r, size_t n, const moment *it,
                         const double *peak, fk_canvas *c)
{
    double time[2 * MOST];
    const char *way[2 * MOST];
    const bool flat = r->problem->domain.grid.dim == 1;
    for (size_t k = 0; k < n; k++) {
        time[k] = it[k].t;
        way[k] = it[k].back != NULL ? it[k].back->name : "";
    }
    fk_script s = fk_script_open(c, &fk_figure_animation, flat ? 720 : 540, 480);
    fk_script_axis(&s, r->problem, 0, "x");
    fk_script_times(&s, r->problem, n, time);
    fk_script_texts(&s, "way", n, way);
    fk_script_add(&s, "frames = %zu\n", n);
    if (flat) {
        fk_script_text(&s, "p_label",
                       fk_label_density(r->problem, 1, (size_t[]){0}).text);
        fk_script_number(&s, "p_top", 1.15 * top(r));
        fk_script_text(&s, "law_name", fk_snapshot_law_name(&r->snapshot[0]));
        fk_script_add(&s, "has_law = %d\n", r->frame_pde != NULL);
    } else {
        fk_script_axis(&s, r->problem, 1, "y");
        fk_script_numbers(&s, "peak", n, peak);
        fk_script_number(&s, "ratio", fk_map_ratio(r->problem));
    }
    fk_script_add(&s, "\n%s", flat ? body_1 : body_2);
    fk_script_close(c, &fk_figure_animation, &s);
}

static void write(const fk_result *r, fk_canvas *c)
{
    moment it[2 * MOST];
    double peak[2 * MOST] = {0.0};
    const size_t n = schedule(r, it);
    if (r->problem->domain.grid.dim == 1)
        write_lines(r, n, it, c);
    else
        write_maps(r, n, it, peak, c);
    write_script(r, n, it, peak, c);
}

static void caption(const fk_result *r, FILE *out)
{
    fprintf(out, "The run in motion: particles and the density from %s to %s",
            fk_label_time(r->problem, r->problem->start).text,
            fk_label_time(r->problem, r->problem->end).text);
    if (r->n_reverse > 0 && r->frame_pde != NULL)
        fprintf(out, ", and back by the %s", r->reverse[0].name);
    fprintf(out, ".%s",
            r->problem->domain.grid.dim == 2
                ? " Each picture in its own colour scale from 0 to the peak."
                : "");
}

const fk_figure fk_figure_animation = {
    .name = "animation",
    .kind = FK_ANIMATION,
    .applies = applies,
    .write = write,
    .caption = caption,
};
