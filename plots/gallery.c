#include "plots/gallery.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "plots/arrows.h"
#include "plots/gnuplot.h"
#include "plots/label.h"
#include "plots/map.h"
#include "plots/tics.h"

enum { PICTURES = 128, NAME = 96, CAPTION = 512, MAP_CELLS = 400 };

typedef struct picture {
    char name[NAME], script[NAME + 4], caption[CAPTION];
} picture;

struct fk_gallery {
    const fk_problem *problem;
    fk_canvas canvas;
    fk_message message;
    char *dir;
    size_t n;
    picture picture[PICTURES];
};

fk_status fk_gallery_open(const char *dir, const fk_problem *p, fk_gallery **out,
                          fk_message *message)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return fk_fail(message, FK_ENOMEM, "no memory for pictures");
    fk_gallery *g = *out;
    g->problem = p;
    g->dir = strdup(dir);
    if (g->dir == NULL) {
        free(g);
        *out = NULL;
        return fk_fail(message, FK_ENOMEM, "no memory for pictures");
    }
    g->canvas = (fk_canvas){.dir = g->dir, .status = FK_OK, .message = &g->message};
    fk_canvas_prepare(&g->canvas);
    return FK_OK;
}

fk_status fk_gallery_draw(const fk_gallery *g, const fk_progress *progress,
                          fk_message *message)
{
    const char *script[PICTURES];
    if (g == NULL)
        return FK_OK;
    for (size_t i = 0; i < g->n; i++)
        script[i] = g->picture[i].script;
    if (g->canvas.status != FK_OK && message != NULL)
        *message = g->message;
    if (g->canvas.status != FK_OK || g->n == 0)
        return g->canvas.status;
    return fk_gnuplot_run(g->dir, g->n, script, progress, message);
}

fk_status fk_gallery_close(fk_gallery *g, const fk_progress *progress,
                           fk_message *message)
{
    const fk_status status = fk_gallery_draw(g, progress, message);
    fk_gallery_discard(g);
    return status;
}

void fk_gallery_discard(fk_gallery *g)
{
    if (g != NULL)
        free(g->dir);
    free(g);
}

bool fk_gallery_picture(const fk_gallery *g, size_t i, const char **name,
                        const char **caption)
{
    if (i >= g->n)
        return false;
    *name = g->picture[i].name;
    *caption = g->picture[i].caption;
    return true;
}

static fk_script begin(fk_gallery *g, const fk_figure *f, const char *caption,
                       int width, int height)
{
    assert(g->n < PICTURES);
    picture *p = &g->picture[g->n++];
    snprintf(p->name, sizeof p->name, "%s", f->name);
    snprintf(p->script, sizeof p->script, "%s.gp", f->name);
    snprintf(p->caption, sizeof p->caption, "%s", caption);
    return fk_script_open(&g->canvas, f, width, height);
}

/* ---- curves ---- */

static const char curves_body[] =
    "set xlabel x_label noenhanced\nset ylabel y_label noenhanced\n"
    "set title title noenhanced\n"
    "set lmargin at screen 0.11\nset rmargin at screen named ? 0.74 : 0.96\n"
    "set key at screen 0.995, 0.92 right top Left reverse\n"
    "set autoscale xfix\n";

static void write_place(FILE *out, const fk_axis *axis, const fk_curve *curve, size_t i,
                        const double *error)
{
    const double x = axis != NULL ? fk_tics_place(axis, curve->x[i]) : curve->x[i];
    const double y = axis != NULL && curve->density ? fk_axis_density(axis, curve->y, i)
                                                    : curve->y[i];
    if (isfinite(x) && isfinite(y))
        fprintf(out, "%.12g\t%.12g\t%.6g\n", x, y, error != NULL ? error[i] : 0.0);
}

static void write_curves(fk_gallery *g, const fk_curves *c, const char *file)
{
    FILE *out = fk_canvas_data(&g->canvas, file);
    if (out == NULL)
        return;
    for (size_t k = 0; k < c->n; k++) {
        const fk_curve *curve = &c->curve[k];
        const double *error = c->error != NULL ? c->error[k] : NULL;
        fprintf(out, "# %s: %s, %s\n", curve->name != NULL ? curve->name : c->y_label,
                c->x_label, c->y_label);
        for (size_t i = 0; i < curve->n; i++)
            write_place(out, c->axis, curve, i, error);
        fputs("\n\n", out);
    }
    fk_canvas_close(&g->canvas, out);
}

static void add_curve(fk_script *s, const char *file, const fk_curve *c, bool bars,
                      size_t k, size_t colour)
{
    static const char *const pens[] = {
        [FK_PEN_LINE] = "lines lw 1.8",
        [FK_PEN_DASHES] = "lines dt 2 lw 1.8",
        [FK_PEN_POINTS] = "points pt 7 ps 1.4*dot",
        [FK_PEN_RINGS] = "points pt 6 ps 2.2*dot lw 1.5",
    };
    char name[40] = "notitle";
    if (c->name != NULL)
        snprintf(name, sizeof name, "title curve_name[%zu]", k + 1);
    if (bars)
        fk_script_item(s,
                       "'data/%s' index %zu using 1:2:3 with yerrorbars ps 0 lw 1.2 "
                       "lc rgb colour[%zu] notitle",
                       file, k, colour);
    fk_script_item(s, "'data/%s' index %zu using 1:2 with %s lc rgb colour[%zu] %s",
                   file, k, pens[c->pen], colour, name);
}

void fk_gallery_curves(fk_gallery *g, const fk_curves *c)
{
    const fk_figure figure = {.name = c->name, .kind = FK_STILL};
    const char *name[FK_GALLERY_CURVES];
    char file[NAME];
    assert(c->n > 0 && c->n <= FK_GALLERY_CURVES);
    snprintf(file, sizeof file, "%s.tsv", c->name);
    write_curves(g, c, file);
    fk_script s =
        begin(g, &figure, c->caption != NULL ? c->caption : c->title, 1600, 900);
    bool named = false;
    for (size_t k = 0; k < c->n; k++) {
        named = named || c->curve[k].name != NULL;
        name[k] = c->curve[k].name != NULL ? c->curve[k].name : "";
    }
    fk_script_text(&s, "title", c->title);
    fk_script_text(&s, "x_label", c->x_label);
    fk_script_text(&s, "y_label", c->y_label);
    fk_script_texts(&s, "curve_name", c->n, name);
    if (c->axis != NULL && s.out != NULL) {
        const fk_axis even = fk_axis_even(c->axis);
        fk_script_number(&s, "x_lo", even.lo);
        fk_script_number(&s, "x_hi", even.hi);
        fk_tics_write(s.out, "x", c->axis);
    }
    fk_script_add(&s, "named = %d\n\n%s%s%s%s%s\n", named, curves_body,
                  c->axis != NULL ? "set xrange [x_lo:x_hi]\neval 'set x'.x_tics\n"
                                  : "",
                  c->from_zero ? "set yrange [0:*]\nset offsets 0, 0, graph 0.05, 0\n"
                               : "set offsets graph 0.02, graph 0.02, graph 0.05, "
                                 "graph 0.05\n",
                  c->log_x ? "set logscale x\nset format x '10^{%T}'\n" : "",
                  c->log_y ? "set logscale y\nset format y '10^{%T}'\n" : "");
    for (size_t k = 0, names = 0; k < c->n; k++) {
        names += c->curve[k].name != NULL;
        add_curve(&s, file, &c->curve[k], c->error != NULL && c->error[k] != NULL, k,
                  (names > 0 ? names - 1 : k) % 6 + 1);
    }
    fk_script_end_plot(&s);
    fk_script_close(&g->canvas, &figure, &s);
}

/* ---- maps ---- */

enum { LEFT = 150, GAP = 190, HEAD = 130, FOOT = 130, ROW_GAP = 130 };

static const char maps_body[] =
    "set border 15\nset tics front\nset xrange [x_lo:x_hi]\nset yrange [y_lo:y_hi]\n"
    "eval 'set x'.x_tics\neval 'set y'.y_tics\n"
    "sx(px) = px/(1.0*width)\nsy(px) = 1.0 - px/(1.0*height)\n"
    "set label 9 title at screen 0.5, sy(40) center noenhanced\n"
    "set multiplot\n"
    "do for [k=1:n] {\n"
    "    column = (k - 1) % columns\n    row = (k - 1)/columns\n"
    "    x0 = left + column*(panel + gap)\n"
    "    y0 = head + row*(panel*ratio + row_gap)\n"
    "    set lmargin at screen sx(x0)\n    set rmargin at screen sx(x0 + panel)\n"
    "    set tmargin at screen sy(y0)\n    set bmargin at screen sy(y0 + panel*ratio)\n"
    "    set colorbox user origin sx(x0 + panel + 16), sy(y0 + panel*ratio) \\\n"
    "        size sx(20), panel*ratio/(1.0*height)\n"
    "    set label 1 map_label[k] at graph 0.5, 1.0 center offset 0, 0.8 noenhanced\n"
    "    if (row == rows - 1 || k + columns > n) { set xlabel x_label noenhanced } \\\n"
    "    else { unset xlabel }\n"
    "    if (column == 0) { set ylabel y_label noenhanced } else { unset ylabel }\n"
    "    if (signed[k] == 1) {\n"
    "        eval difference\n        set cbrange [-top[k]:top[k]]\n"
    "    } else {\n"
    "        eval viridis\n        set cbrange [bottom[k]:top[k]]\n"
    "    }\n"
    "    set cbtics nice(signed[k] == 1 ? top[k] : top[k] - bottom[k]) offset -0.6\n"
    "    file = sprintf('data/%s_%d.bin', name, k)\n"
    "    if (k == 1 && arrows) {\n"
    "        plot file binary matrix with image notitle, \\\n"
    "            'data/'.name.'_arrows.tsv' using ($1-$3/2):($2-$4/2):3:4 \\\n"
    "            with vectors filled head size graph 0.011, 18 lw 1 lc rgb 'white' "
    "notitle\n"
    "    } else {\n"
    "        plot file binary matrix with image notitle\n"
    "    }\n"
    "    unset label 9\n"
    "}\n"
    "unset multiplot\n";

/* The plane of the first two variables. */
static fk_grid plane(const fk_grid *g)
{
    return fk_grid_make(2, g->axis);
}

/* The layer of cells in the middle of the third variable; all of a field of two. */
static const double *layer(const fk_grid *g, const double *field)
{
    const size_t cells = g->axis[0].cells * g->axis[1].cells;
    return g->dim < 3 ? field : field + cells * (g->axis[2].cells / 2);
}

/* The same of a picture, a density per length of a third variable that is stretched; to be
 * freed. */
static double *section(const fk_grid *g, const fk_map *m)
{
    const fk_grid shown = plane(g);
    const double *u = layer(g, m->field);
    const size_t n = fk_grid_cells(&shown), first = (size_t)(u - m->field);
    double *out = fk_doubles(n);
    for (size_t c = 0; out != NULL && c < n; c++)
        out[c] = m->density
                     ? u[c] * fk_grid_slope(&shown, c) / fk_grid_slope(g, first + c)
                     : u[c];
    return out;
}

static void section_title(const fk_gallery *g, const fk_maps *m, size_t size,
                          char *title)
{
    const fk_axis *z = &m->grid->axis[2];
    snprintf(title, size, "%s", m->title);
    if (m->grid->dim > 2)
        snprintf(title, size, "%s, at %s = %.3g", m->title,
                 fk_label_variable(g->problem, 2).text,
                 fk_axis_centre(z, z->cells / 2));
}

/* Where the colours of a field begin and end. */
static void range(const fk_grid *grid, const fk_map *m, double *bottom, double *top)
{
    const fk_grid shown = plane(grid);
    double *field = section(grid, m);
    *bottom = 0.0;
    *top = 0.0;
    for (size_t c = 0; field != NULL && c < fk_grid_cells(&shown); c++) {
        const double v = m->density ? field[c] / fk_grid_slope(&shown, c) : field[c];
        if (isfinite(v)) {
            *top = fmax(*top, m->difference ? fabs(v) : v);
            *bottom = fmin(*bottom, v);
        }
    }
    if (!(*top > *bottom))
        *top = *bottom + 1.0;
    free(field);
}

static void write_maps(fk_gallery *g, const fk_maps *m, const char *const label[2])
{
    char file[NAME];
    const fk_grid shown = plane(m->grid);
    for (size_t k = 0; k < m->n; k++) {
        snprintf(file, sizeof file, "%s_%zu.bin", m->name, k + 1);
        double *field = section(m->grid, &m->map[k]);
        if (field == NULL)
            continue;
        (m->map[k].density ? fk_map_density : fk_map_field)(&g->canvas, file, &shown,
                                                            MAP_CELLS, field);
        free(field);
    }
    snprintf(file, sizeof file, "%s_arrows.tsv", m->name);
    if (m->arrows != NULL)
        fk_arrows_write(&g->canvas, file, label, &shown,
                        (const double *[]){layer(m->grid, m->arrows[0]),
                                           layer(m->grid, m->arrows[1])});
}

static void describe_maps(fk_script *s, const fk_maps *m)
{
    const char *label[FK_GALLERY_MAPS];
    double bottom[FK_GALLERY_MAPS], top[FK_GALLERY_MAPS], sign[FK_GALLERY_MAPS];
    for (size_t k = 0; k < m->n; k++) {
        label[k] = m->map[k].label;
        sign[k] = m->map[k].difference ? 1.0 : 0.0;
        range(m->grid, &m->map[k], &bottom[k], &top[k]);
    }
    fk_script_texts(s, "map_label", m->n, label);
    fk_script_numbers(s, "signed", m->n, sign);
    fk_script_numbers(s, "bottom", m->n, bottom);
    fk_script_numbers(s, "top", m->n, top);
}

void fk_gallery_maps(fk_gallery *g, const fk_maps *m)
{
    assert((m->grid->dim == 2 || g->problem != NULL) && m->n > 0 &&
           m->n <= FK_GALLERY_MAPS);
    const fk_figure figure = {.name = m->name, .kind = FK_STILL};
    const size_t columns = m->n == 1 ? 1 : m->n <= 4 ? 2 : 3;
    const size_t rows = (m->n + columns - 1) / columns;
    const double ratio =
        g->problem != NULL ? fk_map_ratio(g->problem) : fk_map_ratio_of(m->grid);
    fk_label own[2];
    const char *label[2] = {m->x_label, m->y_label};
    for (size_t i = 0; i < 2 && g->problem != NULL; i++) {
        own[i] = fk_label_axis(g->problem, i);
        label[i] = label[i] != NULL ? label[i] : own[i].text;
    }
    const double panel = columns == 1 ? 1000.0 : columns == 2 ? 620.0 : 420.0;
    const double width = LEFT + (double)columns * (panel + GAP) - GAP + 150;
    const double height =
        HEAD + FOOT + (double)rows * (panel * ratio + ROW_GAP) - ROW_GAP;
    write_maps(g, m, label);
    char title[CAPTION];
    section_title(g, m, sizeof title, title);
    fk_script s = begin(g, &figure, m->caption != NULL ? m->caption : title, (int)width,
                        (int)height);
    fk_script_own_axis(&s, &m->grid->axis[0], label[0], "x");
    fk_script_own_axis(&s, &m->grid->axis[1], label[1], "y");
    fk_script_text(&s, "title", title);
    describe_maps(&s, m);
    fk_script_number(&s, "ratio", ratio);
    fk_script_add(&s,
                  "n = %zu\ncolumns = %zu\nrows = %zu\npanel = %g\narrows = %d\n"
                  "left = %d\ngap = %d\nhead = %d\nrow_gap = %d\n\n%s",
                  m->n, columns, rows, panel, m->arrows != NULL, LEFT, GAP, HEAD,
                  ROW_GAP, maps_body);
    fk_script_close(&g->canvas, &figure, &s);
}
