#include "plots/order_figure.h"

#include <math.h>

#include "plots/canvas.h"
#include "plots/gnuplot.h"

static const fk_figure figure = {.name = "order", .kind = FK_STILL};

static const char body[] =
    "set logscale xy\n"
    "set format '10^{%T}'\n"
    "set lmargin at screen 0.11\n"
    "set rmargin at screen 0.66\n"
    "set key at screen 0.995, 0.95 right top Left reverse enhanced\n"
    "set xlabel 'step h'\n"
    "set ylabel 'difference of the results with h and h/2'\n"
    "set title title noenhanced\n"
    "slope(h) = anchor*(h/h_anchor)**declared\n"
    "set offsets graph 0.05, graph 0.05, 0, 0\n"
    "plot for [i=1:curves] 'data/order.tsv' index (i - 1) using 1:2:3 with yerrorbars "
    "\\\n"
    "        pt 7 ps dot lw 1 lc rgb colour[i] notitle, \\\n"
    "    for [i=1:curves] 'data/order.tsv' index (i - 1) using 1:2 with lines \\\n"
    "        lw 1 lc rgb colour[i] notitle, \\\n"
    "    slope(x) with lines dt 2 lw 1.2 lc rgb ink title slope_name, \\\n"
    "    for [i=1:curves] keyentry with points pt 7 ps 1.3*dot lc rgb colour[i] \\\n"
    "        title curve_name[i]\n";

static void write_data(fk_canvas *c, size_t n, const fk_order_curve *curve)
{
    FILE *out = fk_canvas_data(c, "order.tsv");
    if (out == NULL)
        return;
    for (size_t k = 0; k < n; k++) {
        fprintf(out, "# %s: step, |difference|, standard error\n", curve[k].name);
        for (size_t i = 0; i < curve[k].n; i++)
            fprintf(out, "%.9g\t%.6g\t%.3g\n", curve[k].step[i],
                    fabs(curve[k].value[i]), curve[k].error[i]);
        fputs("\n\n", out);
    }
    fk_canvas_close(c, out);
}

static void write_script(fk_canvas *c, const char *title, size_t n,
                         const fk_order_curve *curve, double declared)
{
    char text[6][128], slope[64];
    const char *name[6];
    for (size_t k = 0; k < n; k++) {
        snprintf(text[k], sizeof text[k], "%s, order %.2f", curve[k].name,
                 curve[k].order);
        name[k] = isnan(curve[k].order) ? curve[k].name : text[k];
    }
    snprintf(slope, sizeof slope, "order %g, as declared", declared);
    fk_script s = fk_script_open(c, &figure, 1600, 900);
    fk_script_text(&s, "title", title);
    fk_script_texts(&s, "curve_name", n, name);
    fk_script_text(&s, "slope_name", slope);
    fk_script_number(&s, "declared", declared);
    fk_script_number(&s, "anchor", fabs(curve[0].value[0]));
    fk_script_number(&s, "h_anchor", curve[0].step[0]);
    fk_script_add(&s, "curves = %zu\n\n%s", n, body);
    fk_script_close(c, &figure, &s);
}

fk_status fk_write_order_figure(const char *dir, const char *title, size_t n,
                                const fk_order_curve *curve, double declared,
                                fk_message *message)
{
    const size_t shown = n < 6 ? n : 6;
    fk_canvas c = {.dir = dir, .status = FK_OK, .message = message};
    fk_canvas_prepare(&c);
    write_data(&c, shown, curve);
    write_script(&c, title, shown, curve, declared);
    FK_TRY(c.status);
    return fk_gnuplot_run(dir, 1, (const char *const[]){"order.gp"}, NULL, message);
}
