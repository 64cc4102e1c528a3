/* Where the mass went: the share that left through each face or was killed, by both
 * methods. */
#include <math.h>

#include "plots/canvas.h"
#include "plots/label.h"

extern const fk_figure fk_figure_ledger;

enum { MOST = 2 * FK_GRID_DIM + 2 };
static const double worth_showing =
    1e-6; /* share of the mass lost through open faces */

/* What is drawn: one account per absorbing face, one for killing, and one for all open
 * faces together, where particles are known by their number outside alone. */
typedef struct account {
    enum { THROUGH, KILLED, OPEN } kind;
    size_t axis, side;
} account;

static double lost_open(const fk_result *r, const fk_snapshot *s)
{
    double lost = 0;
    for (size_t i = 0; i < r->problem->domain.grid.dim; i++)
        for (size_t side = 0; side < 2; side++)
            if (r->problem->domain.face[i][side] == FK_OPEN)
                lost += s->lost[i][side];
    return lost;
}

static size_t accounts(const fk_result *r, account *a)
{
    size_t n = 0;
    for (size_t i = 0; i < r->problem->domain.grid.dim; i++)
        for (size_t side = 0; side < 2; side++)
            if (fk_boundary_absorbs(r->problem->domain.face[i][side]))
                a[n++] = (account){THROUGH, i, side};
    if (r->problem->sde->killing != NULL)
        a[n++] = (account){.kind = KILLED};
    for (size_t k = 0; k < r->n_snapshots; k++) {
        const fk_snapshot *s = &r->snapshot[k];
        if (fmax(s->outside, lost_open(r, s)) > worth_showing) {
            a[n++] = (account){.kind = OPEN};
            break;
        }
    }
    return n;
}

static bool applies(const fk_result *r)
{
    account a[MOST];
    return r->n_snapshots > 1 && accounts(r, a) > 0;
}

static fk_label account_name(const fk_result *r, const account *a)
{
    return a->kind == OPEN     ? fk_label_clean("open faces")
           : a->kind == KILLED ? fk_label_clean("killed")
                               : fk_label_face(r->problem, a->axis, a->side);
}

/* Share of the mass and of the particles that is there. */
static double by_law(const fk_result *r, const account *a, const fk_snapshot *s)
{
    return a->kind == OPEN     ? lost_open(r, s)
           : a->kind == KILLED ? s->killed[1]
                               : s->lost[a->axis][a->side];
}

static double by_particles(const account *a, const fk_snapshot *s)
{
    return a->kind == OPEN     ? s->outside
           : a->kind == KILLED ? s->killed[0]
                               : s->absorbed[a->axis][a->side];
}

static void write_data(const fk_result *r, const account *a, size_t n, fk_canvas *c)
{
    const double count = (double)r->problem->particles.count;
    FILE *out = fk_canvas_data(c, "ledger.tsv");
    if (out == NULL)
        return;
    fprintf(out, "# %s\tfokker_planck\tparticles\terror\n",
            fk_label_time_axis(r->problem).text);
    for (size_t i = 0; i < n; i++) {
        fprintf(out, "# %s\n", account_name(r, &a[i]).text);
        for (size_t k = 0; k < r->n_snapshots; k++) {
            const fk_snapshot *s = &r->snapshot[k];
            const double seen = by_particles(&a[i], s);
            fprintf(out, "%.9g\t%.9g\t%.9g\t%.3g\n", s->t, by_law(r, &a[i], s), seen,
                    sqrt(fmax(seen * (1 - seen), 0) / count));
        }
        fputs("\n\n", out);
    }
    fk_canvas_close(c, out);
}

static void write(const fk_result *r, fk_canvas *c)
{
    account a[MOST];
    fk_label name[MOST];
    const char *text[MOST];
    const size_t n = accounts(r, a);
    for (size_t i = 0; i < n; i++) {
        name[i] = account_name(r, &a[i]);
        text[i] = name[i].text;
    }
    write_data(r, a, n, c);
    fk_script s = fk_script_open(c, &fk_figure_ledger, 1600, 800);
    fk_script_text(&s, "t_label", fk_label_time_axis(r->problem).text);
    fk_script_texts(&s, "face_name", n, text);
    fk_script_add(&s,
                  "n = %zu\n\nset xlabel t_label noenhanced\n"
                  "set ylabel 'share of the mass that has left'\nset yrange [0:*]\n"
                  "set offsets graph 0.02, graph 0.02, graph 0.05, 0\n"
                  "set lmargin at screen 0.10\nset rmargin at screen 0.78\n"
                  "set key at screen 0.995, 0.95 right top Left reverse\n\n",
                  n);
    if (r->problem->pde.on)
        fk_script_item(&s,
                       "for [i=1:n] 'data/ledger.tsv' index i-1 using 1:2 with "
                       "linespoints pt 4 ps 2*dot lw 1 dt 3 lc rgb colour[1+(i-1)%%6] "
                       "notitle");
    if (r->problem->particles.on)
        fk_script_item(&s,
                       "for [i=1:n] 'data/ledger.tsv' index i-1 using 1:3:4 with "
                       "yerrorbars pt 7 ps 0.9*dot lc rgb colour[1+(i-1)%%6] notitle");
    if (r->problem->pde.on)
        fk_script_item(&s, "keyentry with points pt 4 ps 2*dot lc rgb ink "
                           "title 'Fokker–Planck'");
    if (r->problem->particles.on)
        fk_script_item(&s, "keyentry with points pt 7 ps 0.9*dot lc rgb ink "
                           "title 'particles, 1 s.e.'");
    fk_script_item(&s, "for [i=1:n] keyentry with points pt 5 ps 1.7*dot "
                       "lc rgb colour[1+(i-1)%%6] title face_name[i]");
    fk_script_end_plot(&s);
    fk_script_close(c, &fk_figure_ledger, &s);
}

static void caption(const fk_result *r, FILE *out)
{
    (void)r;
    fprintf(
        out,
        "Share of the mass that has left through absorbing faces or was killed, and "
        "that is beyond open ones, at the output times; dotted lines only guide the "
        "eye.");
}

const fk_figure fk_figure_ledger = {
    .name = "ledger",
    .kind = FK_STILL,
    .applies = applies,
    .write = write,
    .caption = caption,
};
