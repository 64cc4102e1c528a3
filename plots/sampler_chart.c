#include "plots/sampler_chart.h"

#include <math.h>
#include <string.h>

#include "plots/canvas.h"
#include "plots/gnuplot.h"

enum { PANELS = 36, WIDE = 5, SIDE = 380, HEAD = 130 };

static const fk_figure figure = {.name = "samplers", .kind = FK_STILL};

/* Errors fall with work, so slopes are negative; the dashed one ends at the last point that
 * stands out. */
static const char body[] =
    "set multiplot layout rows, columns margins left, 0.985, bottom, top \\\n"
    "    spacing 0.018, gap title title.\"\\n\" noenhanced\n"
    "set logscale xy\n"
    "set format x '10^{%T}'\n"
    "set xrange [least_work:most_work]\nset yrange [least:most]\n"
    "set title offset 0, -0.7\n"
    "unset key\n"
    "do for [i=1:panels] {\n"
    "    last = i > panels - columns\n"
    "    set xlabel last ? 'evaluations of the score' : ''\n"
    "    set ylabel (i - 1) % columns == 0 ? 'error' : ''\n"
    "    set format x last ? '10^{%T}' : ''\n"
    "    set format y (i - 1) % columns == 0 ? '10^{%T}' : ''\n"
    "    set title panel_title[i] noenhanced\n"
    "    set label 1 panel_order[i] at graph 0.05, 0.10 left noenhanced\n"
    "    plot for [j=1:panels] 'data/samplers.tsv' index (j - 1) using 1:2 with lines "
    "\\\n"
    "            lw 0.7 lc rgb halo, \\\n"
    "        anchor[i]*(x/work_anchor[i])**(-declared[i]) with lines dt 2 lw 1.2 \\\n"
    "            lc rgb red, \\\n"
    "        'data/samplers.tsv' index (i - 1) using 1:2:3 with yerrorbars pt 7 \\\n"
    "            ps dot lw 1 lc rgb blue, \\\n"
    "        '' index (i - 1) using 1:2 with lines lw 1.4 lc rgb blue\n"
    "}\n"
    "unset multiplot\n";

static void write_data(fk_canvas *c, size_t n, const fk_sampler_panel *panel)
{
    FILE *out = fk_canvas_data(c, "samplers.tsv");
    if (out == NULL)
        return;
    for (const fk_sampler_panel *p = panel; p < panel + n; p++) {
        fprintf(out, "# %s: evaluations of the score, |%s|, standard error\n", p->name,
                p->what);
        for (size_t i = 0; i < p->n; i++)
            fprintf(out, "%.9g\t%.6g\t%.3g\n", p->work[i], fabs(p->value[i]),
                    p->error != NULL ? p->error[i] : 0.0);
        fputs("\n\n", out);
    }
    fk_canvas_close(c, out);
}

/* The last point above its standard errors and rounding. */
static size_t anchor_of(const fk_sampler_panel *p)
{
    size_t i = p->n - 1;
    while (i > 0 && fabs(p->value[i]) < 3.0 * (p->error != NULL ? p->error[i] : 1e-12))
        i--;
    return i;
}

static void write_panels(fk_script *s, size_t n, const fk_sampler_panel *panel)
{
    char text[PANELS][96];
    const char *name[PANELS], *order[PANELS];
    double anchor[PANELS], work[PANELS], declared[PANELS];
    for (size_t k = 0; k < n; k++) {
        const fk_sampler_panel *p = &panel[k];
        const size_t i = anchor_of(p);
        anchor[k] = fabs(p->value[i]);
        work[k] = p->work[i];
        declared[k] = p->declared;
        if (isfinite(p->order))
            snprintf(text[k], sizeof text[k], "order %.2f, declared %g", p->order,
                     p->declared);
        else
            snprintf(text[k], sizeof text[k], "declared %g", p->declared);
        name[k] = p->name;
        order[k] = text[k];
    }
    fk_script_texts(s, "panel_title", n, name);
    fk_script_texts(s, "panel_order", n, order);
    fk_script_numbers(s, "anchor", n, anchor);
    fk_script_numbers(s, "work_anchor", n, work);
    fk_script_numbers(s, "declared", n, declared);
}

static void write_ranges(fk_script *s, size_t n, const fk_sampler_panel *panel)
{
    double least = HUGE_VAL, most = 0.0, least_work = HUGE_VAL, most_work = 0.0;
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < panel[k].n; i++) {
            const double value = fabs(panel[k].value[i]);
            if (value > 1e-14)
                least = fmin(least, value);
            most = fmax(most, value);
            least_work = fmin(least_work, panel[k].work[i]);
            most_work = fmax(most_work, panel[k].work[i]);
        }
    fk_script_number(s, "least", least / 2.0);
    fk_script_number(s, "most", most * 2.0);
    fk_script_number(s, "least_work", least_work / 1.5);
    fk_script_number(s, "most_work", most_work * 1.5);
}

static void write_script(fk_canvas *c, const char *title, size_t n,
                         const fk_sampler_panel *panel)
{
    const size_t columns = n < WIDE ? n : WIDE, rows = (n + columns - 1) / columns;
    const int width = (int)(columns < 3 ? 3 : columns) * SIDE,
              height = (int)rows * SIDE + HEAD;
    fk_script s = fk_script_open(c, &figure, width, height);
    fk_script_text(&s, "title", title);
    write_panels(&s, n, panel);
    write_ranges(&s, n, panel);
    fk_script_number(&s, "left", 150.0 / width);
    fk_script_number(&s, "bottom", 110.0 / height);
    fk_script_number(&s, "top", 1.0 - 100.0 / height);
    fk_script_number(&s, "gap", 52.0 / height);
    fk_script_add(&s, "panels = %zu\nrows = %zu\ncolumns = %zu\n\n%s", n, rows, columns,
                  body);
    fk_script_close(c, &figure, &s);
}

fk_status fk_write_sampler_chart(const char *dir, const char *title, size_t n,
                                 const fk_sampler_panel *panel, fk_message *message)
{
    const size_t shown = n < PANELS ? n : PANELS;
    fk_canvas c = {.dir = dir, .status = FK_OK, .message = message};
    fk_canvas_prepare(&c);
    write_data(&c, shown, panel);
    write_script(&c, title, shown, panel);
    FK_TRY(c.status);
    return fk_gnuplot_run(dir, 1, (const char *const[]){"samplers.gp"}, NULL, message);
}
