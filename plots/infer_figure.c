#include "plots/infer_figure.h"

#include <math.h>

#include "plots/canvas.h"
#include "plots/gnuplot.h"

static const fk_figure figure = {.name = "infer", .kind = FK_STILL};

/* The path over its time, drift and diffusion over x below. */
static const char line_body[] =
    "set multiplot\n"
    "set title title noenhanced\n"
    "set lmargin at screen 0.08\nset rmargin at screen 0.97\n"
    "set tmargin at screen 0.94\nset bmargin at screen 0.66\n"
    "set xlabel 'time' offset 0, 0.4\nset ylabel name1 noenhanced\n"
    "set autoscale xfix\n"
    "plot 'data/infer_series.tsv' using 1:2 with lines lw 0.7 lc rgb ink notitle\n"
    "unset title\nset autoscale x\n"
    "set xlabel name1 noenhanced offset 0, 0.4\n"
    "set tmargin at screen 0.54\nset bmargin at screen 0.10\n"
    "set xrange [from:to]\n"
    "set lmargin at screen 0.08\nset rmargin at screen 0.485\n"
    "set key top right\n"
    "set ylabel 'drift  (per unit of time)'\n"
    "plot 0 with lines lw 0.7 lc rgb pale notitle, \\\n"
    "    'data/infer_bins.tsv' using 1:3:5 with yerrorbars pt 7 ps dot lc rgb blue \\\n"
    "        title 'increments, with standard errors', \\\n"
    "    'data/infer_fit.tsv' using 1:2 with lines lw 1.6 lc rgb red \\\n"
    "        title 'fitted model'\n"
    "set lmargin at screen 0.585\nset rmargin at screen 0.97\n"
    "set ylabel 'diffusion  (squares per unit of time)'\n"
    "set yrange [0:*]\n"
    "unset key\n"
    "plot 'data/infer_bins.tsv' using 1:7:10 with yerrorbars pt 7 ps dot \\\n"
    "        lc rgb blue notitle, \\\n"
    "    'data/infer_fit.tsv' using 1:3 with lines lw 1.6 lc rgb red notitle\n"
    "unset multiplot\n";

/* The path in the plane under both drifts; what was measured against what was fitted. */
static const char plane_body[] =
    "set multiplot\n"
    "set title title noenhanced\n"
    "set lmargin at screen 0.08\nset rmargin at screen 0.54\n"
    "set tmargin at screen 0.94\nset bmargin at screen 0.10\n"
    "set xlabel name1 noenhanced offset 0, 0.4\nset ylabel name2 noenhanced\n"
    "set key top left opaque\n"
    "bins = 'data/infer_bins.tsv'\n"
    "plot 'data/infer_series.tsv' using 2:3 with lines lw 0.5 lc rgb halo notitle, \\\n"
    "    bins using 1:2:(reach*$3):(reach*$4) with vectors filled lw 1.4 lc rgb blue "
    "\\\n"
    "        title sprintf('drift of the increments, times %.3g', reach), \\\n"
    "    bins using 1:2:(reach*$13):(reach*$14) with vectors filled lw 1.4 lc rgb red "
    "\\\n"
    "        title 'of the fitted model'\n"
    "unset title\n"
    "set lmargin at screen 0.65\nset rmargin at screen 0.97\n"
    "set tmargin at screen 0.94\nset bmargin at screen 0.60\n"
    "set xlabel 'drift, fitted' offset 0, 0.4\nset ylabel 'measured'\n"
    "set key top left reverse Left\n"
    "plot x with lines lw 0.7 lc rgb pale notitle, \\\n"
    "    bins using 13:3:5 with yerrorbars pt 7 ps dot lc rgb blue title name1 \\\n"
    "        noenhanced, \\\n"
    "    bins using 14:4:6 with yerrorbars pt 5 ps dot lc rgb green title name2 \\\n"
    "        noenhanced\n"
    "set tmargin at screen 0.46\nset bmargin at screen 0.10\n"
    "set xtics font face.',13'   # constant noise: a narrow range, long numbers\n"
    "set xlabel 'diffusion, fitted' offset 0, 0.4\n"
    "plot x with lines lw 0.7 lc rgb pale notitle, \\\n"
    "    bins using 15:7:10 with yerrorbars pt 7 ps dot lc rgb blue title 'D11', "
    "\\\n"
    "    bins using 16:8:11 with yerrorbars pt 9 ps dot lc rgb gold title 'D12', "
    "\\\n"
    "    bins using 17:9:12 with yerrorbars pt 5 ps dot lc rgb green title 'D22'\n"
    "unset multiplot\n";

static void write_series(fk_canvas *c, const fk_infer_picture *p)
{
    FILE *out = fk_canvas_data(c, "infer_series.tsv");
    if (out == NULL)
        return;
    fputs("# time, values\n", out);
    for (size_t i = 0; i < p->n; i++) {
        fprintf(out, "%.9g", p->t[i]);
        for (size_t k = 0; k < p->dim; k++)
            fprintf(out, "\t%.9g", p->x[i * p->dim + k]);
        fputc('\n', out);
    }
    fk_canvas_close(c, out);
}

static void write_bins(fk_canvas *c, const fk_infer_picture *p)
{
    FILE *out = fk_canvas_data(c, "infer_bins.tsv");
    if (out == NULL)
        return;
    fputs(
        "# x[2], drift[2], errors[2], D11, D12, D22, errors[3], model: drift[2], D11, "
        "D12, D22\n",
        out);
    for (const fk_infer_point *b = p->bin; b < p->bin + p->bins; b++) {
        const double *const group[] = {b->x,
                                       b->drift,
                                       b->drift_error,
                                       b->diffusion,
                                       b->diffusion_error,
                                       b->model_drift,
                                       b->model_diffusion};
        static const size_t length[] = {2, 2, 2, 3, 3, 2, 3};
        for (size_t g = 0; g < sizeof length / sizeof *length; g++)
            for (size_t k = 0; k < length[g]; k++)
                fprintf(out, "%s%.9g", g + k > 0 ? "\t" : "", group[g][k]);
        fputc('\n', out);
    }
    fk_canvas_close(c, out);
}

static void write_curve(fk_canvas *c, const fk_infer_picture *p)
{
    FILE *out = fk_canvas_data(c, "infer_fit.tsv");
    if (out == NULL)
        return;
    fputs("# x, drift, diffusion\n", out);
    for (const fk_infer_point *b = p->curve; b < p->curve + p->points; b++)
        fprintf(out, "%.9g\t%.9g\t%.9g\n", b->x[0], b->model_drift[0],
                b->model_diffusion[0]);
    fk_canvas_close(c, out);
}

/* The time in which the fastest measured drift crosses a sixth of the data. */
static double reach(const fk_infer_picture *p)
{
    double fastest = 0.0;
    for (size_t k = 0; k < p->dim; k++) {
        double lo = p->x[k], hi = p->x[k];
        for (size_t i = 0; i < p->n; i++) {
            lo = fmin(lo, p->x[i * p->dim + k]);
            hi = fmax(hi, p->x[i * p->dim + k]);
        }
        for (size_t i = 0; i < p->bins; i++)
            fastest = fmax(fastest, fabs(p->bin[i].drift[k]) / (hi - lo));
    }
    return fastest > 0.0 ? 1.0 / (6.0 * fastest) : 1.0;
}

static void write_script(fk_canvas *c, const fk_infer_picture *p)
{
    fk_script s = fk_script_open(c, &figure, 1600, 1100);
    fk_script_text(&s, "title", p->title);
    fk_script_text(&s, "name1", p->name[0]);
    if (p->dim == 2) {
        fk_script_text(&s, "name2", p->name[1]);
        fk_script_number(&s, "reach", reach(p));
    } else {
        fk_script_number(&s, "from", p->curve[0].x[0]);
        fk_script_number(&s, "to", p->curve[p->points - 1].x[0]);
    }
    fk_script_add(&s, "\n%s", p->dim == 2 ? plane_body : line_body);
    fk_script_close(c, &figure, &s);
}

fk_status fk_write_infer_figure(const char *dir, const fk_infer_picture *p,
                                fk_message *message)
{
    char plots[4096];
    snprintf(plots, sizeof plots, "%s/plots", dir);
    fk_canvas c = {.dir = plots, .status = FK_OK, .message = message};
    fk_canvas_prepare(&c);
    write_series(&c, p);
    write_bins(&c, p);
    if (p->dim == 1)
        write_curve(&c, p);
    write_script(&c, p);
    FK_TRY(c.status);
    return fk_gnuplot_run(plots, 1, (const char *const[]){"infer.gp"}, NULL, message);
}
