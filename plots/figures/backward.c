/* Two variables, there and back: the density becoming noise, and under it noise becoming
 * the density again by each sampler of the way back; particles over the Fokker-Planck
 * density of the same time. */
#include <math.h>
#include <stdlib.h>

#include "plots/canvas.h"
#include "plots/fields.h"
#include "plots/label.h"
#include "plots/map.h"

enum { COLUMNS = 5, MOST_ROWS = 3, MAP_CELLS = 200, DOTS = 700 };
enum { LEFT = 110, PANEL = 284, GAP = 12, HEAD = 56, FOOT = 104 }; /* pixels */

extern const fk_figure fk_figure_backward;

static const char body[] =
    "left = 110.0; panel = 284.0; gap = 12.0; head = 56.0\n"
    "sx(px) = px/(1.0*width)\n"
    "sy(px) = 1 - px/(1.0*height)\n"
    "set multiplot\n"
    "set border 15 lc rgb '#666666'\n"
    "set tics front scale 0.4 font face.',15'\n"
    "set xrange [x_lo:x_hi]\n"
    "set yrange [y_lo:y_hi]\n"
    "do for [k=1:rows] {\n"
    "    top_px = k*head + (k - 1)*panel*ratio\n"
    "    set tmargin at screen sy(top_px)\n"
    "    set bmargin at screen sy(top_px + panel*ratio)\n"
    "    if (k < rows) { set format x ''; unset xlabel } \\\n"
    "    else { set format x '%g'; set xlabel x_label noenhanced }\n"
    "    do for [c=1:columns] {\n"
    "        i = (k - 1)*columns + c\n"
    "        set lmargin at screen sx(left + (c - 1)*(panel + gap))\n"
    "        set rmargin at screen sx(left + (c - 1)*(panel + gap) + panel)\n"
    "        if (c == 1) { set format y '%g'; set ylabel y_label noenhanced\n"
    "            set label 1 row_name[k] at graph 0, 1.0 left offset 0, 0.8 "
    "noenhanced\n"
    "        } else { set format y ''; unset ylabel; unset label 1 }\n"
    "        set label 2 time_label[i] at graph 0.05, 0.92 front tc rgb 'white' "
    "noenhanced\n"
    "        set cbrange [0:peak[i]]\n"
    "        plot sprintf('data/back_%d.bin', i) binary matrix with image notitle, \\\n"
    "            'data/back_dots.tsv' index (i - 1) using 1:2 with points pt 7 \\\n"
    "            ps 0.28*dot lc rgb 'white' notitle\n"
    "    }\n"
    "}\n"
    "unset multiplot\n";

/* One panel: a time, a density, dots. */
typedef struct panel {
    double t;
    size_t n_points;
    const double *points;
} panel;

static size_t rows_of(const fk_result *r)
{
    const size_t rows = 1 + r->n_reverse;
    return rows < MOST_ROWS ? rows : MOST_ROWS;
}

static bool applies(const fk_result *r)
{
    bool points = r->n_reverse > 0 && r->n_frames >= COLUMNS && r->frame_pde != NULL &&
                  r->frame_points != NULL;
    for (size_t i = 0; i < r->n_reverse; i++)
        points = points && r->reverse[i].frame_points != NULL;
    return points && r->problem->domain.grid.dim == 2;
}

/* Index of the frame at which the way back is c / (COLUMNS - 1) done. */
static size_t back_frame(const fk_reverse_run *v, size_t c)
{
    return (v->n_frames - 1) * c / (COLUMNS - 1);
}

static size_t nearest_frame(const fk_result *r, double t)
{
    size_t best = 0;
    for (size_t i = 1; i < r->n_frames; i++)
        if (fabs(r->frame_time[i] - t) < fabs(r->frame_time[best] - t))
            best = i;
    return best;
}

/* Row 0 goes forward through the times at which row 1 comes back. */
static panel choose(const fk_result *r, size_t row, size_t c)
{
    if (row > 0) {
        const fk_reverse_run *v = &r->reverse[row - 1];
        const size_t i = back_frame(v, c);
        return (panel){v->time[i], v->n_followed, v->frame_points[i]};
    }
    const fk_reverse_run *v = &r->reverse[0];
    const size_t i = nearest_frame(r, v->time[back_frame(v, COLUMNS - 1 - c)]);
    return (panel){r->frame_time[i], r->n_paths, r->frame_points[i]};
}

static void write_panels(const fk_result *r, fk_canvas *c, double *time, double *peak)
{
    const fk_grid *g = &r->problem->domain.grid;
    double *p = fk_canvas_doubles(c, fk_grid_cells(g));
    FILE *dots = fk_canvas_data(c, "back_dots.tsv");
    for (size_t i = 0; i < rows_of(r) * COLUMNS && p != NULL && dots != NULL; i++) {
        const panel it = choose(r, i / COLUMNS, i % COLUMNS);
        char name[64];
        time[i] = it.t;
        (void)fk_forward_density(r, it.t, p);
        peak[i] = fk_field_peak(g, p);
        snprintf(name, sizeof name, "back_%zu.bin", i + 1);
        fk_map_density(c, name, g, MAP_CELLS, p);
        fprintf(dots, "# %s\n", fk_label_time(r->problem, it.t).text);
        fk_dots_write(dots, g, it.n_points, it.points, NULL, DOTS);
        fputs("\n\n", dots);
    }
    fk_canvas_close(c, dots);
    free(p);
}

static void write(const fk_result *r, fk_canvas *c)
{
    double time[MOST_ROWS * COLUMNS] = {0.0}, peak[MOST_ROWS * COLUMNS] = {0.0};
    const char *row[MOST_ROWS] = {"forward: data becomes noise"};
    char title[MOST_ROWS][96];
    const size_t rows = rows_of(r);
    const double ratio = fk_map_ratio(r->problem);
    for (size_t k = 1; k < rows; k++) {
        snprintf(title[k], sizeof title[k], "back: %s", r->reverse[k - 1].name);
        row[k] = title[k];
    }
    write_panels(r, c, time, peak);
    const double height = (double)rows * (HEAD + PANEL * ratio) + FOOT;
    fk_script s = fk_script_open(c, &fk_figure_backward, 1600, (int)height);
    fk_script_axis(&s, r->problem, 0, "x");
    fk_script_axis(&s, r->problem, 1, "y");
    fk_script_times(&s, r->problem, rows * COLUMNS, time);
    fk_script_numbers(&s, "peak", rows * COLUMNS, peak);
    fk_script_texts(&s, "row_name", rows, row);
    fk_script_number(&s, "ratio", ratio);
    fk_script_add(&s, "rows = %zu\ncolumns = %d\n\n%s", rows, COLUMNS, body);
    fk_script_close(c, &fk_figure_backward, &s);
}

static void caption(const fk_result *r, FILE *out)
{
    fprintf(
        out,
        "There and back. Colours: the Fokker–Planck density %s at each time, from 0 "
        "to its own peak. Dots: the same %d particles in a row's every picture; the "
        "first row runs forward in time, the others run back, driven by the score "
        "that they name.",
        fk_label_density(r->problem, 2, (size_t[]){0, 1}).text, DOTS);
}

const fk_figure fk_figure_backward = {
    .name = "backward",
    .kind = FK_STILL,
    .applies = applies,
    .write = write,
    .caption = caption,
};
