/* Densities of the exit time, face by face: what left in each interval over its length. */
#include <math.h>

#include "plots/canvas.h"
#include "plots/exits.h"
#include "plots/label.h"

extern const fk_figure fk_figure_first_passage;

static bool applies(const fk_result *r)
{
    return r->exits.n_faces > 0;
}

static void write_pde(const fk_exits *e, const fk_face_exits *f, FILE *out)
{
    for (size_t i = 0; f->pde != NULL && i + 1 < e->n_times; i++) {
        const fk_exit_rate r = fk_exits_rate(e, f->pde, HUGE_VAL, i, 1);
        fprintf(out, "%.9g\t%.9g\n", r.t, r.value);
    }
    fputs("\n\n", out);
}

static void write_particles(const fk_exits *e, const double *F, double count, FILE *out)
{
    const size_t n = FK_EXITS_TOGETHER;
    for (size_t i = 0; F != NULL && i + n < e->n_times; i += n) {
        const fk_exit_rate r = fk_exits_rate(e, F, count, i, n);
        fprintf(out, "%.9g\t%.9g\t%.9g\t%.9g\n", r.t, r.value, r.low, r.high);
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
            "with the ends of a 95 %% band; then the same without the bridge\n",
            fk_label_time_axis(r->problem).text);
    for (size_t k = 0; k < e->n_faces; k++) {
        write_pde(e, &e->face[k], out);
        write_particles(e, e->face[k].particles, (double)r->problem->particles.count,
                        out);
        write_particles(e, e->face[k].unbridged, (double)e->n_unbridged, out);
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
    if (r->problem->particles.on)
        fk_script_item(&s, "for [i=1:n] 'data/first_passage.tsv' index 3*i-2 "
                           "using 1:3:4 with filledcurves fs transparent solid 0.22 "
                           "noborder lc rgb colour[1+(i-1)%%6] notitle");
    if (r->exits.n_unbridged > 0)
        fk_script_item(&s, "for [i=1:n] 'data/first_passage.tsv' index 3*i-1 using 1:2 "
                           "with points pt 6 ps 0.6*dot "
                           "lc rgb colour[1+(i-1)%%6] notitle");
    if (r->problem->pde.on)
        fk_script_item(&s, "for [i=1:n] 'data/first_passage.tsv' index 3*i-3 using 1:2 "
                           "with lines lw 1.8 lc rgb colour[1+(i-1)%%6] notitle");
    if (r->problem->pde.on)
        fk_script_item(&s, "keyentry with lines lw 1.8 lc rgb ink "
                           "title 'Fokker–Planck'");
    if (r->problem->particles.on)
        fk_script_item(&s, "keyentry with filledcurves fs transparent solid 0.22 "
                           "noborder lc rgb ink title 'particles, 95 %% band'");
    if (r->exits.n_unbridged > 0)
        fk_script_item(&s, "keyentry with points pt 6 ps 0.6*dot lc rgb ink "
                           "title 'seen after steps only'");
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
