/* Densities of the exit time, face by face: what left in each interval over its length. */
#include <math.h>

#include "plots/canvas.h"
#include "plots/exits.h"
#include "plots/label.h"

extern const fk_figure fk_figure_first_passage;

enum { TOGETHER = 2 }; /* intervals that share a point of the particles */

static bool applies(const fk_result *r)
{
    return r->exits.n_faces > 0;
}

/* Mean density between times i and i + n, with the middle of the interval. */
static double rate(const fk_exits *e, const double *F, size_t i, size_t n, double *t)
{
    *t = 0.5 * (e->time[i] + e->time[i + n]);
    return (F[i + n] - F[i]) / (e->time[i + n] - e->time[i]);
}

static void write_pde(const fk_exits *e, const fk_face_exits *f, FILE *out)
{
    for (size_t i = 0; f->pde != NULL && i + 1 < e->n_times; i++) {
        double t;
        const double p = rate(e, f->pde, i, 1, &t);
        fprintf(out, "%.9g\t%.9g\n", t, p);
    }
    fputs("\n\n", out);
}

static void write_particles(const fk_exits *e, const fk_face_exits *f, double count,
                            FILE *out)
{
    for (size_t i = 0; f->particles != NULL && i + TOGETHER < e->n_times;
         i += TOGETHER) {
        double t;
        const double p = rate(e, f->particles, i, TOGETHER, &t);
        const double length = e->time[i + TOGETHER] - e->time[i], share = p * length;
        const double error = sqrt(fmax(share * (1.0 - share), 0.0) / count) / length;
        fprintf(out, "%.9g\t%.9g\t%.3g\n", t, p, error);
    }
    fputs("\n\n", out);
}

static void write_data(const fk_result *r, fk_canvas *c)
{
    const fk_exits *e = &r->exits;
    FILE *out = fk_canvas_data(c, "first_passage.tsv");
    if (out == NULL)
        return;
    fprintf(out,
            "# blocks: for each face Fokker-Planck, %s\tdensity; then particles, "
            "with one standard error\n",
            fk_label_time_axis(r->problem).text);
    for (size_t k = 0; k < e->n_faces; k++) {
        write_pde(e, &e->face[k], out);
        write_particles(e, &e->face[k], (double)r->problem->particles.count, out);
    }
    fk_canvas_close(c, out);
}

static void write(const fk_result *r, fk_canvas *c)
{
    const size_t n = r->exits.n_faces;
    fk_label name[2 * FK_GRID_DIM];
    const char *text[2 * FK_GRID_DIM];
    for (size_t k = 0; k < n; k++) {
        name[k] =
            fk_label_face(r->problem, r->exits.face[k].axis, r->exits.face[k].side);
        text[k] = name[k].text;
    }
    write_data(r, c);
    fk_script s = fk_script_open(c, &fk_figure_first_passage, 1600, 800);
    const char *unit = r->problem->time_unit;
    fk_script_text(&s, "t_label", fk_label_time_axis(r->problem).text);
    fk_script_text(&s, "unit", unit != NULL && unit[0] != '\0' ? unit : "");
    fk_script_texts(&s, "face_name", n, text);
    fk_script_add(&s,
                  "n = %zu\n\nset xlabel t_label noenhanced\n"
                  "set ylabel unit eq '' ? 'density of the exit time' : \\\n"
                  "    'density of the exit time [1/'.unit.']' noenhanced\n"
                  "set yrange [0:*]\nset offsets 0, 0, graph 0.05, 0\n"
                  "set lmargin at screen 0.10\nset rmargin at screen 0.78\n"
                  "set key at screen 0.995, 0.95 right top Left reverse\n\n",
                  n);
    if (r->problem->pde.on)
        fk_script_item(&s, "for [i=1:n] 'data/first_passage.tsv' index 2*i-2 using 1:2 "
                           "with lines lw 1.8 lc rgb colour[1+(i-1)%%6] notitle");
    if (r->problem->particles.on)
        fk_script_item(&s, "for [i=1:n] 'data/first_passage.tsv' index 2*i-1 "
                           "using 1:2:3 with yerrorbars pt 7 ps 0.9*dot "
                           "lc rgb colour[1+(i-1)%%6] notitle");
    if (r->problem->pde.on)
        fk_script_item(&s, "keyentry with lines lw 1.8 lc rgb ink "
                           "title 'Fokker–Planck'");
    if (r->problem->particles.on)
        fk_script_item(&s, "keyentry with points pt 7 ps 0.9*dot lc rgb ink "
                           "title 'particles, 1 s.e.'");
    fk_script_item(&s, "for [i=1:n] keyentry with points pt 5 ps 1.7*dot "
                       "lc rgb colour[1+(i-1)%%6] title face_name[i]");
    fk_script_end_plot(&s);
    fk_script_close(c, &fk_figure_first_passage, &s);
}

static void caption(const fk_result *r, FILE *out)
{
    fk_exit_difference d;
    fputs("First-passage densities: when paths leave, and through which face. ", out);
    if (fk_exits_compare(&r->exits, (double)r->problem->particles.count, &d))
        fprintf(out,
                "The distribution functions differ by %.2g at most; chance alone "
                "exceeds %.2g in one run of a hundred.",
                d.distance, d.chance);
}

const fk_figure fk_figure_first_passage = {
    .name = "first_passage",
    .kind = FK_STILL,
    .applies = applies,
    .write = write,
    .caption = caption,
};
