#include "plots/training_figure.h"

#include "plots/canvas.h"
#include "plots/gnuplot.h"

static const fk_figure figure = {.name = "training", .kind = FK_STILL};

/* Two panels, or three: each `left` to `right` of the width. */
static const char curve_body[] =
    "set multiplot\n"
    "set tmargin at screen 0.92\nset bmargin at screen 0.14\n"
    "set label 1 title at screen 0.5, 0.965 center noenhanced\n"
    "set lmargin at screen 0.065\nset rmargin at screen right_of_1\n"
    "set logscale y\nset format y '10^{%T}'\n"
    "set xlabel 'step'\nset xtics last/4\nset ylabel y_label\nset key top right "
    "samplen 2\n"
    "plot 'data/training_curve.tsv' using 1:2:(low($2, $3)):($2 + $3) \\\n"
    "        with yerrorbars pt 7 ps dot lw 1 lc rgb pale title loss_name, \\\n"
    "    '' using 1:4:(low($4, $5)):($4 + $5) with yerrorbars pt 7 ps dot lw 1 \\\n"
    "        lc rgb blue title fisher_name, \\\n"
    "    '' using 1:4 with lines lw 1 lc rgb blue notitle\n"
    "unset label 1\nset xtics autofreq\n"
    "set lmargin at screen left_of_2\nset rmargin at screen right_of_2\n"
    "set logscale x\nset format x '10^{%T}'\nset xlabel 'time t since the data'\n";

static const char score_body[] =
    "set key bottom left Left reverse\n"
    "set ylabel 'mean square  (per squared unit of x)'\n"
    "plot 'data/training_times.tsv' using 1:4 with lines lw 1.4 lc rgb ink \\\n"
    "        title 'score', \\\n"
    "    '' using 1:2:(low($2, $3)):($2 + $3) with yerrorbars pt 7 ps dot lw 1 "
    "\\\n"
    "        lc rgb red title 'its error'\n";

static const char loss_body[] =
    "set ylabel 'loss, mean square of the noise left  (1)'\n"
    "plot 'data/training_times.tsv' using 1:5 with linespoints pt 7 ps dot lw 1.4 \\\n"
    "        lc rgb red notitle\n";

static const char stage_body[] =
    "set lmargin at screen 0.74\nset rmargin at screen 0.985\n"
    "set xlabel 'score error in: bound of KL  (nats)'\n"
    "set ylabel 'density error out: KL of the samples  (nats)'\n"
    "set key top left Left reverse\n"
    "set offsets graph 0.05, graph 0.05, 0, 0\n"
    "plot x with lines lw 1 dt 2 lc rgb ink title 'bound', \\\n"
    "    noise with lines lw 1 lc rgb pale title 'exact score', \\\n"
    "    'data/training_stages.tsv' using 1:3 with linespoints pt 7 ps 1.3*dot lw 1 "
    "\\\n"
    "        lc rgb blue title 'reverse SDE', \\\n"
    "    '' using 1:4 with linespoints pt 5 ps 1.3*dot lw 1 lc rgb red \\\n"
    "        title 'flow'\n";

static void write_curve(fk_canvas *c, const fk_training_picture *p)
{
    FILE *out = fk_canvas_data(c, "training_curve.tsv");
    if (out == NULL)
        return;
    fprintf(out, "# step, loss%s, standard error\n",
            p->exact ? " above its floor" : "");
    for (const fk_training_point *x = p->curve; x < p->curve + p->n; x++)
        fprintf(out, "%.9g\t%.9g\t%.3g\t%.9g\t%.3g\n", x->step, x->loss, x->loss_error,
                x->fisher, x->fisher_error);
    fk_canvas_close(c, out);
}

static void write_times(fk_canvas *c, const fk_training_picture *p)
{
    FILE *out = fk_canvas_data(c, "training_times.tsv");
    if (out == NULL)
        return;
    fputs("# t, E|s_theta - s|^2, standard error, E|s|^2, E|e^ - e|^2\n", out);
    for (const fk_training_time *x = p->time; x < p->time + p->n_times; x++)
        fprintf(out, "%.9g\t%.9g\t%.3g\t%.9g\t%.9g\n", x->t, x->score_error,
                x->its_error, x->score, x->loss);
    fk_canvas_close(c, out);
}

static void write_stages(fk_canvas *c, const fk_training_picture *p)
{
    FILE *out = fk_canvas_data(c, "training_stages.tsv");
    if (out == NULL)
        return;
    fputs("# bound of KL, standard error, KL of the SDE's samples, of the flow's\n",
          out);
    for (const fk_training_stage *x = p->stage; x < p->stage + p->n_stages; x++)
        fprintf(out, "%.9g\t%.3g\t%.9g\t%.9g\n", x->bound, x->its_error, x->sde,
                x->ode);
    fk_canvas_close(c, out);
}

static void write_script(fk_canvas *c, const fk_training_picture *p)
{
    const bool three = p->n_stages > 0;
    fk_script s = fk_script_open(c, &figure, three ? 2000 : 1500, 700);
    fk_script_text(&s, "title", p->title);
    fk_script_number(&s, "last", p->curve[p->n - 1].step);
    fk_script_text(&s, "y_label",
                   p->exact ? "squared error in units of the noise  (1)"
                            : "held-out loss  (1)");
    fk_script_text(&s, "loss_name", p->exact ? "loss minus floor" : "held-out points");
    fk_script_text(&s, "fisher_name", p->exact ? "Fisher error" : "");
    fk_script_number(&s, "right_of_1", three ? 0.315 : 0.485);
    fk_script_number(&s, "left_of_2", three ? 0.40 : 0.58);
    fk_script_number(&s, "right_of_2", three ? 0.65 : 0.98);
    fk_script_add(&s, "low(x, e) = x > 2*e ? x - e : x/2\n");
    if (three)
        fk_script_number(&s, "noise", p->noise);
    fk_script_add(&s, "\n%s%s%sunset multiplot\n", curve_body,
                  p->exact ? score_body : loss_body, three ? stage_body : "");
    fk_script_close(c, &figure, &s);
}

fk_status fk_write_training_figure(const char *dir, const fk_training_picture *p,
                                   fk_message *message)
{
    char plots[4096];
    snprintf(plots, sizeof plots, "%s/plots", dir);
    fk_canvas c = {.dir = plots, .status = FK_OK, .message = message};
    fk_canvas_prepare(&c);
    write_curve(&c, p);
    write_times(&c, p);
    if (p->n_stages > 0)
        write_stages(&c, p);
    write_script(&c, p);
    FK_TRY(c.status);
    return fk_gnuplot_run(plots, 1, (const char *const[]){"training.gp"}, NULL,
                          message);
}
