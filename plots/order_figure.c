#include "plots/order_figure.h"

#include <math.h>
#include <string.h>

#include "plots/canvas.h"
#include "plots/gnuplot.h"

static const fk_figure figure = {.name = "order", .kind = FK_STILL};

static const char body[] =
    "set logscale xy\n"
    "set format '10^{%T}'\n"
    "set lmargin at screen 0.11\n"
    "set rmargin at screen 0.66\n"
    "set key at screen 0.995, 0.95 right top Left reverse enhanced\n"
    "set xlabel x_label\n"
    "set ylabel y_label\n"
    "set title title noenhanced\n"
    "slope(i, h) = anchor[i]*(h/h_anchor[i])**declared[i]\n"
    "set offsets graph 0.05, graph 0.05, 0, 0\n"
    "plot for [i=1:curves] 'data/order.tsv' index (i - 1) using 1:2:3 with yerrorbars "
    "\\\n"
    "        pt 7 ps dot lw 1 lc rgb colour[i] notitle, \\\n"
    "    for [i=1:curves] 'data/order.tsv' index (i - 1) using 1:2 with lines \\\n"
    "        lw 1 lc rgb colour[i] notitle, \\\n"
    "    for [i=1:slopes] slope(i, x) with lines dt 2*i lw 1.2 lc rgb ink \\\n"
    "        title slope_name[i], \\\n"
    "    for [i=1:curves] keyentry with points pt 7 ps 1.3*dot lc rgb colour[i] \\\n"
    "        title curve_name[i]\n";

/* True if the curves are over different quantities. */
static bool mixed(size_t n, const fk_order_curve *curve)
{
    for (size_t k = 1; k < n; k++)
        if (strcmp(curve[k].step_name, curve[0].step_name) != 0)
            return true;
    return false;
}

/* What a curve's steps are divided by. */
static double unit(size_t n, const fk_order_curve *curve, size_t k)
{
    return mixed(n, curve) ? curve[k].step[0] : 1.0;
}

static void write_data(fk_canvas *c, size_t n, const fk_order_curve *curve)
{
    FILE *out = fk_canvas_data(c, "order.tsv");
    if (out == NULL)
        return;
    for (size_t k = 0; k < n; k++) {
        fprintf(out, "# %s: %s, |difference|, standard error\n", curve[k].name,
                curve[k].step_name);
        for (size_t i = 0; i < curve[k].n; i++)
            fprintf(out, "%.9g\t%.6g\t%.3g\n", curve[k].step[i] / unit(n, curve, k),
                    fabs(curve[k].value[i]), curve[k].error[i]);
        fputs("\n\n", out);
    }
    fk_canvas_close(c, out);
}

/* A dashed slope for each declared order, through the first point of its first curve. */
static void write_slopes(fk_script *s, size_t n, const fk_order_curve *curve)
{
    char text[6][64];
    const char *name[6];
    double declared[6], anchor[6], h_anchor[6];
    size_t slopes = 0;
    for (size_t k = 0; k < n; k++) {
        bool drawn = isinf(curve[k].declared);
        for (size_t i = 0; i < slopes; i++)
            drawn = drawn || fabs(declared[i] - curve[k].declared) < 1e-9;
        if (drawn)
            continue;
        snprintf(text[slopes], sizeof text[slopes], "order %g, as declared",
                 curve[k].declared);
        name[slopes] = text[slopes];
        declared[slopes] = curve[k].declared;
        anchor[slopes] = fabs(curve[k].value[0]);
        h_anchor[slopes] = curve[k].step[0] / unit(n, curve, k);
        slopes++;
    }
    fk_script_texts(s, "slope_name", slopes, name);
    fk_script_numbers(s, "declared", slopes, declared);
    fk_script_numbers(s, "anchor", slopes, anchor);
    fk_script_numbers(s, "h_anchor", slopes, h_anchor);
    fk_script_add(s, "slopes = %zu\n", slopes);
}

static void write_script(fk_canvas *c, const char *title, const char *what, size_t n,
                         const fk_order_curve *curve)
{
    char text[6][128];
    const char *name[6];
    for (size_t k = 0; k < n; k++) {
        snprintf(text[k], sizeof text[k], "%s, order %.2f", curve[k].name,
                 curve[k].order);
        name[k] = isnan(curve[k].order) ? curve[k].name : text[k];
    }
    fk_script s = fk_script_open(c, &figure, 1600, 900);
    fk_script_text(&s, "title", title);
    fk_script_text(&s, "x_label",
                   mixed(n, curve) ? "cell width and step, in units of the coarsest"
                                   : "step h");
    fk_script_text(&s, "y_label", mixed(n, curve) ? "L1 error per unit of mass" : what);
    fk_script_texts(&s, "curve_name", n, name);
    write_slopes(&s, n, curve);
    fk_script_add(&s, "curves = %zu\n\n%s", n, body);
    fk_script_close(c, &figure, &s);
}

fk_status fk_write_order_figure(const char *dir, const char *title, const char *what,
                                size_t n, const fk_order_curve *curve,
                                fk_message *message)
{
    const size_t shown = n < 6 ? n : 6;
    fk_canvas c = {.dir = dir, .status = FK_OK, .message = message};
    fk_canvas_prepare(&c);
    write_data(&c, shown, curve);
    write_script(&c, title, what, shown, curve);
    FK_TRY(c.status);
    return fk_gnuplot_run(dir, 1, (const char *const[]){"order.gp"}, NULL, message);
}
