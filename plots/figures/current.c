/* Two variables: the probability current of the last snapshot as arrows over the
 * density. */
#include <math.h>

#include "plots/arrows.h"
#include "plots/canvas.h"
#include "plots/fields.h"
#include "plots/label.h"
#include "plots/map.h"

extern const fk_figure fk_figure_current;

enum { MAP_CELLS = 400 };

static const fk_snapshot *last_with_current(const fk_result *r)
{
    for (size_t i = r->n_snapshots; i-- > 0;) {
        const fk_snapshot *s = &r->snapshot[i];
        if (s->current[0] != NULL && s->current[1] != NULL &&
            fk_snapshot_law(s) != NULL)
            return s;
    }
    return NULL;
}

static bool applies(const fk_result *r)
{
    return r->problem->domain.grid.dim == 2 && last_with_current(r) != NULL;
}

static void write_script(const fk_result *r, const fk_snapshot *last, fk_canvas *c)
{
    const double ratio = fk_map_ratio(r->problem);
    fk_script s =
        fk_script_open(c, &fk_figure_current, 1600, (int)(1060 * ratio) + 190);
    fk_script_axis(&s, r->problem, 0, "x");
    fk_script_axis(&s, r->problem, 1, "y");
    fk_script_text(&s, "t_label", fk_label_time(r->problem, last->t).text);
    fk_script_text(&s, "p_label",
                   fk_label_density(r->problem, 2, (size_t[]){0, 1}).text);
    fk_script_number(&s, "top",
                     fk_field_peak(&r->problem->domain.grid, fk_snapshot_law(last)));
    fk_script_number(&s, "ratio", ratio);
    fk_script_add(
        &s, "%s",
        "\nset border 15\nset tics front\nset xrange [x_lo:x_hi]\n"
        "set yrange [y_lo:y_hi]\nset cbrange [0:top]\n"
        "set xlabel x_label noenhanced\nset ylabel y_label noenhanced\n"
        "eval 'set x'.x_tics\neval 'set y'.y_tics\n"
        "set cblabel p_label noenhanced offset 0.8\n"
        "set cbtics nice(top) offset -0.5\n"
        "y0 = 120.0/height\ny1 = y0 + 1060.0*ratio/height\n"
        "set lmargin at screen 200.0/width\nset rmargin at screen 1260.0/width\n"
        "set bmargin at screen y0\nset tmargin at screen y1\n"
        "set colorbox user origin 1285.0/width, y0 size 24.0/width, y1 - y0\n"
        "set label 1 t_label at graph 0.03, 0.965 front tc rgb 'white' "
        "noenhanced\n\n"
        "plot 'data/current_density.bin' binary matrix with image notitle, \\\n"
        "     'data/current.tsv' using ($1-$3/2):($2-$4/2):3:4 with vectors \\\n"
        "         filled head size graph 0.011, 18 lw 1 lc rgb 'white' notitle\n");
    fk_script_close(c, &fk_figure_current, &s);
}

static void write(const fk_result *r, fk_canvas *c)
{
    const fk_snapshot *s = last_with_current(r);
    const fk_label x = fk_label_axis(r->problem, 0), y = fk_label_axis(r->problem, 1);
    const char *const label[] = {x.text, y.text};
    fk_map_density(c, "current_density.bin", &r->problem->domain.grid, MAP_CELLS,
                   fk_snapshot_law(s));
    fk_arrows_write(c, "current.tsv", label, &r->problem->domain.grid,
                    (const double *const *)s->current);
    write_script(r, s, c);
}

static void caption(const fk_result *r, FILE *out)
{
    const fk_snapshot *s = last_with_current(r);
    const fk_grid *g = &r->problem->domain.grid;
    const size_t cells = fk_grid_cells(g);
    double most = 0;
    for (size_t k = 0; k < cells; k++)
        most = fmax(most, hypot(s->current[0][k] / fk_grid_slope_across(g, 0, k),
                                s->current[1][k] / fk_grid_slope_across(g, 1, k)));
    fprintf(
        out,
        "Probability current of the Fokker–Planck density at %s: arrows in the units "
        "of the axes, centred where they hold, length proportional to the current "
        "(largest |J| = %.3g).",
        fk_label_time(r->problem, s->t).text, most);
}

const fk_figure fk_figure_current = {
    .name = "current",
    .kind = FK_STILL,
    .applies = applies,
    .write = write,
    .caption = caption,
};
