#include "plots/likelihood_figure.h"

#include <math.h>

#include "plots/canvas.h"
#include "plots/gnuplot.h"

enum { BINS = 40, PARTS = 3, SHOWN = 2000, FIGURE_LEVELS = 32 };

static const fk_figure figure = {.name = "likelihood", .kind = FK_STILL};

static const char steps_body[] =
    "set multiplot\n"
    "set tmargin at screen 0.92\nset bmargin at screen 0.17\n"
    "set label 1 title at screen 0.5, 0.965 center noenhanced\n"
    "set lmargin at screen 0.075\nset rmargin at screen 0.31\n"
    "set logscale xy\nset format y '10^{%T}'\nset xrange "
    "[level[1]/1.3:level[levels]*1.3]\n"
    "set yrange [lowest:highest]\n"
    "set xtics (level[1])\n"
    "set for [k=2:levels] xtics add (sprintf('%g', level[k]) level[k])\n"
    "set xlabel 'steps of the flow'\n"
    "set ylabel 'largest error of log q  (nats)'\n"
    "set key bottom left Left reverse samplen 2\n";

static const char order_item[] = "anchor*(anchor_steps/x)**8 with lines lw 1 dt 2 lc "
                                 "rgb ink title 'order 8'";

static const char change_item[] =
    "'data/likelihood_steps.tsv' using 1:2 with linespoints pt 7 ps 1.3*dot lw 1 \\\n"
    "        lc rgb blue title 'change from half the steps'";

static const char error_item[] =
    "'' using 1:3 with linespoints pt 5 ps 1.3*dot lw 1 lc rgb red \\\n"
    "        title 'from the closed form'";

static const char parts_body[] =
    "unset label 1\nunset logscale\nset format '%g'\nset xtics autofreq\n"
    "set autoscale\nset offsets 0, 0, graph 0.25, 0\n"
    "set lmargin at screen 0.40\nset rmargin at screen 0.64\n"
    "set xlabel 'parts of log q  (nats)'\nset ylabel 'share of the points per nat'\n"
    "set yrange [0:*]\nset key top left Left reverse\n"
    "plot for [k=1:3] 'data/likelihood_parts.tsv' index (k - 1) using 1:2 \\\n"
    "        with fillsteps fs transparent solid 0.25 noborder lc rgb colour[k] \\\n"
    "        title part_name[k]\n"
    "unset offsets\n";

static const char points_body[] =
    "set autoscale\nset logscale y\nset format y '10^{%T}'\n"
    "set lmargin at screen 0.745\nset rmargin at screen 0.985\n"
    "set xlabel 'log q  (nats)'\nset ylabel '|difference|  (nats)'\n"
    "set key top left Left reverse\nset yrange [lowest:highest]\n";

static const char probes_item[] =
    "'data/likelihood_points.tsv' using 1:(abs($4)) with points pt 7 ps 0.5*dot \\\n"
    "        lc rgb sky title 'probes from exact divergence'";

static const char difference_item[] =
    "'data/likelihood_points.tsv' using 1:(abs($5)) with points pt 7 ps 0.5*dot \\\n"
    "        lc rgb red title 'log q from closed form'";

static void write_steps(fk_canvas *c, const fk_likelihood_picture *p)
{
    FILE *out = fk_canvas_data(c, "likelihood_steps.tsv");
    if (out == NULL)
        return;
    fputs("# steps, largest change from half as many, largest difference from the "
          "closed form\n",
          out);
    for (const fk_likelihood_step *s = p->step; s < p->step + p->n_steps; s++)
        fprintf(out, "%g\t%.4g\t%.4g\n", s->steps,
                isfinite(s->change) && s->change > 0.0 ? s->change : (double)NAN,
                s->error > 0.0 ? s->error : (double)NAN);
    fk_canvas_close(c, out);
}

static double part(const fk_likelihood_dot *dot, size_t k)
{
    const double value[PARTS] = {dot->prior, dot->divergence, dot->log_q};
    return value[k];
}

/* A density of the n values, from the least to the largest in BINS steps. */
static void write_histogram(const fk_likelihood_picture *p, size_t k, FILE *out)
{
    double least = HUGE_VAL, most = -HUGE_VAL, count[BINS] = {0.0};
    for (size_t i = 0; i < p->n; i++) {
        least = fmin(least, part(&p->dot[i], k));
        most = fmax(most, part(&p->dot[i], k));
    }
    const double width = fmax((most - least) / BINS, 1e-12 * fmax(1.0, fabs(most)));
    for (size_t i = 0; i < p->n; i++)
        count[(size_t)fmin((part(&p->dot[i], k) - least) / width, BINS - 1)] += 1.0;
    fprintf(out, "%.9g\t0\n", least);
    for (size_t b = 0; b < BINS; b++)
        fprintf(out, "%.9g\t%.6g\n", least + (double)(b + 1) * width,
                count[b] / ((double)p->n * width));
    fprintf(out, "%.9g\t0\n\n\n", least + (BINS + 1.0) * width);
}

static void write_parts(fk_canvas *c, const fk_likelihood_picture *p)
{
    FILE *out = fk_canvas_data(c, "likelihood_parts.tsv");
    if (out == NULL)
        return;
    fputs("# upper edge, points per nat: prior, divergence, log q\n", out);
    for (size_t k = 0; k < PARTS; k++)
        write_histogram(p, k, out);
    fk_canvas_close(c, out);
}

static void write_points(fk_canvas *c, const fk_likelihood_picture *p)
{
    FILE *out = fk_canvas_data(c, "likelihood_points.tsv");
    if (out == NULL)
        return;
    fputs("# log q, prior, divergence, probes less exact, log q less the closed form\n",
          out);
    for (size_t i = 0; i < p->n && i < SHOWN; i++) {
        const fk_likelihood_dot *d = &p->dot[i];
        fprintf(out, "%.9g\t%.9g\t%.9g\t%.6g\t%.6g\n", d->log_q, d->prior,
                d->divergence, d->probes, d->difference);
    }
    fk_canvas_close(c, out);
}

/* ---- the script ---- */

typedef struct range {
    double low, high;
} range;

static void widen(range *r, double value)
{
    if (!isfinite(value) || !(fabs(value) > 0.0))
        return;
    r->low = fmin(r->low, fabs(value));
    r->high = fmax(r->high, fabs(value));
}

/* With room around, and for the key as shares of the whole. */
static void write_range(fk_script *s, const range *r, double below, double above)
{
    const double whole = r->high / r->low;
    fk_script_number(s, "lowest", r->low / (3.0 * pow(whole, below)));
    fk_script_number(s, "highest", r->high * 3.0 * pow(whole, above));
}

static range range_of_steps(const fk_likelihood_picture *p)
{
    range r = {HUGE_VAL, 0.0};
    for (const fk_likelihood_step *s = p->step; s < p->step + p->n_steps; s++) {
        widen(&r, s->change);
        widen(&r, s->error);
    }
    return r;
}

static range range_of_points(const fk_likelihood_picture *p)
{
    range r = {HUGE_VAL, 0.0};
    for (size_t i = 0; i < p->n && i < SHOWN; i++) {
        widen(&r, p->dot[i].probes);
        widen(&r, p->dot[i].difference);
    }
    return r;
}

/* The slope goes through the last change but one. */
static void write_steps_panel(fk_script *s, const fk_likelihood_picture *p)
{
    double level[FIGURE_LEVELS];
    const size_t n = p->n_steps < FIGURE_LEVELS ? p->n_steps : FIGURE_LEVELS;
    const size_t anchor = n > 2 ? n - 2 : n - 1;
    const range r = range_of_steps(p);
    for (size_t k = 0; k < n; k++)
        level[k] = p->step[k].steps;
    fk_script_numbers(s, "level", n, level);
    fk_script_add(s, "levels = %zu\n", n);
    fk_script_number(s, "anchor", p->step[anchor].change);
    fk_script_number(s, "anchor_steps", level[anchor]);
    write_range(s, &r, 0.3, 0.0);
    fk_script_add(s, "\n%s", steps_body);
    if (p->smooth)
        fk_script_item(s, "%s", order_item);
    fk_script_item(s, "%s", change_item);
    if (!isnan(p->step[n - 1].error))
        fk_script_item(s, "%s", error_item);
    fk_script_end_plot(s);
}

static void write_points_panel(fk_script *s, const fk_likelihood_picture *p)
{
    const range r = range_of_points(p);
    if (!(r.high > 0.0))
        return;
    write_range(s, &r, 0.0, 0.25);
    fk_script_add(s, "%s", points_body);
    if (p->probes > 0)
        fk_script_item(s, "%s", probes_item);
    if (!isnan(p->dot[0].difference))
        fk_script_item(s, "%s", difference_item);
    fk_script_end_plot(s);
}

static void write_script(fk_canvas *c, const fk_likelihood_picture *p)
{
    static const char *const name[PARTS] = {"prior at x_T", "divergence on the way",
                                            "log q, their sum"};
    fk_script s = fk_script_open(c, &figure, 2000, 700);
    fk_script_text(&s, "title", p->title);
    fk_script_texts(&s, "part_name", PARTS, name);
    write_steps_panel(&s, p);
    fk_script_add(&s, "%s", parts_body);
    write_points_panel(&s, p);
    fk_script_add(&s, "unset multiplot\n");
    fk_script_close(c, &figure, &s);
}

fk_status fk_write_likelihood_figure(const char *dir, const fk_likelihood_picture *p,
                                     fk_message *message)
{
    char plots[4096];
    snprintf(plots, sizeof plots, "%s/plots", dir);
    fk_canvas c = {.dir = plots, .status = FK_OK, .message = message};
    fk_canvas_prepare(&c);
    write_steps(&c, p);
    write_parts(&c, p);
    write_points(&c, p);
    write_script(&c, p);
    FK_TRY(c.status);
    return fk_gnuplot_run(plots, 1, (const char *const[]){"likelihood.gp"}, NULL,
                          message);
}
