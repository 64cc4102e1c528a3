/* How fast everything else dies away: leading eigenvalues and modes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "experiments/analysis.h"
#include "pde/modes.h"
#include "plots/label.h"
#include "sde/landscape.h"

extern const fk_analysis fk_analysis_spectrum;

enum { SPARE = 4 }; /* more modes on coarser grids, to find the finest one's among */

/* Below this share of the fastest rate an eigenvalue is hardly told from rounding. */
static const double rounding = 1e-13;

static void clear(void *p)
{
    fk_modes_clear(p);
    free(p);
}

/* The mode of a coarser grid that lies nearest to one of the finest, of those not yet
 * taken (taken ones have a real part that is not finite). */
static fk_mode *match(fk_modes *m, const fk_mode *wanted)
{
    fk_mode *best = &m->mode[0];
    double distance = HUGE_VAL;
    for (size_t j = 0; j < m->n; j++) {
        const double d = hypot(m->mode[j].re - wanted->re, m->mode[j].im - wanted->im);
        if (d < distance) {
            distance = d;
            best = &m->mode[j];
        }
    }
    return best;
}

static bool is_rounding(const fk_analysis_grid *g, double value)
{
    return fabs(value) <= rounding * g->generator->fastest;
}

/* The first eigenvalue, which is 0 where mass is kept. */
static double leading(const fk_analysis_grid *g, double value)
{
    return g->generator->n_outs == 0 && is_rounding(g, value) ? 0.0 : value;
}

static void add_numbers(fk_analysis_grid *g, const fk_modes *finest, fk_modes *own)
{
    char rate[64];
    fk_rate_unit(g->request->problem, rate);
    for (size_t j = 0; j < finest->n; j++) {
        const bool paired = finest->mode[j].im > 0.0;
        fk_mode *m = g->finest == NULL ? &own->mode[j] : match(own, &finest->mode[j]);
        fk_analysis_number(g, j == 0 ? leading(g, m->re) : m->re, rate,
                           paired ? "lambda_%zu, real part" : "lambda_%zu", j);
        if (paired)
            fk_analysis_number(g, m->im, rate, "lambda_%zu, imaginary part +-", j);
        if (g->finest != NULL)
            m->re = HUGE_VAL;
    }
}

/* Kramers' rate for the slowest relaxation, where wells and passes are found and nothing
 * else (a way around, a way out) competes with them. */
static fk_status add_estimate(fk_analysis_grid *g)
{
    char rate[64];
    fk_landscape *l = calloc(1, sizeof *l);
    if (l == NULL)
        return FK_ENOMEM;
    fk_status status = FK_OK;
    if (g->generator->n_outs == 0 && !fk_domain_has(&g->domain, FK_PERIODIC))
        status = fk_landscape_find(g->request->problem->sde, &g->domain.grid, l);
    if (l->known && l->slowest > 0.0)
        fk_analysis_estimate(g, -l->slowest, fk_rate_unit(g->request->problem, rate),
                             "lambda_1, Eyring-Kramers estimate");
    free(l);
    return status;
}

static fk_status solve(fk_analysis_grid *g, fk_message *message)
{
    fk_modes *m = calloc(1, sizeof *m);
    if (m == NULL)
        return FK_ENOMEM;
    g->found = m;
    if (g->generator->cells < 16)
        return fk_fail(message, FK_EDOMAIN, "a spectrum needs 16 cells at least");
    if (g->finest == NULL)
        FK_TRY(fk_modes_both(g->generator, g->request->modes, m, message));
    else
        FK_TRY(fk_modes_right(g->generator, g->request->modes + SPARE, m, message));
    add_numbers(g, g->finest == NULL ? m : g->finest->found, m);
    return g->request->modes > 1 ? add_estimate(g) : FK_OK;
}

static void tell(fk_findings *f)
{
    const fk_analysis_grid *g = &f->grid[0];
    const fk_modes *m = g->found;
    const char *unit = fk_time_unit(g->request->problem);
    const bool kept = g->generator->n_outs == 0;
    if (kept)
        fk_analysis_note(f,
                         "lambda_0 = 0: mass is kept, mode 0 is a stationary density");
    else
        fk_analysis_note(f,
                         "mass leaves at the rate %.6g in the end; mode 0 is the "
                         "quasi-stationary density",
                         -m->mode[0].re);
    if (m->n > 1)
        fk_analysis_note(
            f, "%s%s: the slowest relaxation takes a time of %.6g%s%s",
            m->mode[1].im > 0.0 ? "lambda_1 is a conjugate pair" : "lambda_1 is real",
            kept ? "" : ", seen from lambda_0", 1.0 / (m->mode[0].re - m->mode[1].re),
            fk_unit_matters(unit) ? " " : "", fk_unit_matters(unit) ? unit : "");
    if (g->number[g->n_numbers - 1].estimate)
        fk_analysis_note(f,
                         "the Eyring-Kramers formula is an estimate for small noise: "
                         "lambda_1 is %.4g times as large",
                         m->mode[1].re / g->number[g->n_numbers - 1].value);
    if (is_rounding(g, m->mode[kept ? 1 % m->n : 0].re) && m->n > 1)
        fk_analysis_note(f,
                         "the slowest rate is at the level of rounding, %.1g: only "
                         "that it is so small is known",
                         rounding * g->generator->fastest);
    if (g->domain.grid.dim > 1 || fk_domain_has(&g->domain, FK_PERIODIC))
        fk_analysis_note(
            f,
            "no eigenvalue with a larger real part than the last one's was "
            "missed if its imaginary part is below %.3g",
            m->reach);
}

/* ---- results.nc ---- */

static void keep_modes(const fk_modes *m, fk_netcdf *file, int mode)
{
    static const char *const name[] = {"right_real", "right_imaginary", "left_real",
                                       "left_imaginary"};
    static const char *const about[] = {
        "right mode (density), real part", "right mode (density), imaginary part",
        "left mode (observable), real part", "left mode (observable), imaginary part"};
    for (size_t k = 0; k < 4; k++) {
        const char *unit = k < 2 ? fk_netcdf_density_unit(file).text : "1";
        const int fields = fk_netcdf_fields(file, name[k], mode, about[k], unit);
        for (size_t j = 0; j < m->n; j++)
            fk_netcdf_put(file, fields, j,
                          k < 2 ? m->mode[j].right[k] : m->mode[j].left[k - 2],
                          k < 2 ? FK_NETCDF_DENSITY : FK_NETCDF_PLAIN);
    }
}

static void keep(const fk_analysis_grid *g, fk_netcdf *file)
{
    const fk_modes *m = g->found;
    char rate[64];
    fk_rate_unit(g->request->problem, rate);
    double *row = fk_doubles(3 * m->n);
    for (size_t j = 0; row != NULL && j < m->n; j++) {
        row[j] = (double)j;
        row[m->n + j] = m->mode[j].re;
        row[2 * m->n + j] = m->mode[j].im;
    }
    if (row == NULL)
        return;
    const int mode = fk_netcdf_coordinate(file, "mode", m->n,
                                          "number of the mode, a "
                                          "conjugate pair counting as one",
                                          "1", row);
    fk_netcdf_series(file, "eigenvalue_real", mode,
                     "real part of the eigenvalue, on "
                     "this grid",
                     rate, row + m->n);
    fk_netcdf_series(file, "eigenvalue_imaginary", mode, "its imaginary part", rate,
                     row + 2 * m->n);
    free(row);
    keep_modes(m, file, mode);
}

/* ---- pictures ---- */

/* "λ₁ = -0.5 ± 2 i" */
static void name_mode(const fk_mode *m, size_t j, char *text, size_t size)
{
    static const char *const digit[] = {"₀", "₁", "₂", "₃", "₄",
                                        "₅", "₆", "₇", "₈", "₉"};
    const char *tens = j >= 10 ? digit[j / 10 % 10] : "";
    const double re = fabs(m->re) < 1e-9 ? 0.0 : m->re;
    if (m->im > 0.0)
        snprintf(text, size, "λ%s%s = %.4g ± %.4g i", tens, digit[j % 10], re, m->im);
    else
        snprintf(text, size, "λ%s%s = %.4g", tens, digit[j % 10], re);
}

static void draw_plane(const fk_analysis_grid *g, fk_gallery *gallery,
                       const fk_modes *m, const char *title)
{
    double x[2 * FK_GALLERY_CURVES], y[2 * FK_GALLERY_CURVES];
    char rate[64];
    size_t n = 0;
    for (size_t j = 0; j < m->n && n + 2 <= 2 * FK_GALLERY_CURVES; j++)
        for (int sign = 1; sign >= (m->mode[j].im > 0.0 ? -1 : 1); sign -= 2) {
            x[n] = m->mode[j].re;
            y[n++] = sign * m->mode[j].im;
        }
    fk_rate_unit(g->request->problem, rate);
    const fk_label x_label = fk_label_unit("real part", rate);
    const fk_label y_label = fk_label_unit("imaginary part", rate);
    const fk_curve curve = {NULL, n, x, y, FK_PEN_POINTS};
    fk_gallery_curves(gallery,
                      &(fk_curves){.name = "spectrum",
                                   .title = title,
                                   .caption = "Leading eigenvalues λ: a mode dies away "
                                              "like exp(λ t), and turns with the "
                                              "imaginary part.",
                                   .x_label = x_label.text,
                                   .y_label = y_label.text,
                                   .n = 1,
                                   .curve = &curve});
}

/* side: 0 right modes, 1 left ones; real parts. */
static const double *shown(const fk_mode *m, int side)
{
    return side == 0 ? m->right[0] : m->left[0];
}

static const char *const mode_caption[] = {
    "Right modes: shapes in which a difference of densities dies away, scaled to ∫ |r| "
    "dx = "
    "1. Mode 0 is the density that is left in the end.",
    "Left modes: functions of the state whose expectations die away at one rate; where "
    "they "
    "are flat the motion cannot tell places apart so slowly."};

static void draw_curves(const fk_analysis_grid *g, fk_gallery *gallery,
                        const fk_modes *m, int side, const char *title)
{
    fk_curve curve[FK_GALLERY_CURVES];
    char name[FK_GALLERY_CURVES][64];
    size_t n = 0;
    double *x = fk_analysis_centres(&g->domain.grid);
    for (size_t j = 0; x != NULL && j < m->n && n < FK_GALLERY_CURVES; j++) {
        if (shown(&m->mode[j], side) == NULL)
            continue;
        name_mode(&m->mode[j], j, name[n], sizeof name[n]);
        curve[n] = (fk_curve){name[n],     g->domain.grid.axis[0].cells,
                              x,           shown(&m->mode[j], side),
                              FK_PEN_LINE, .density = side == 0};
        n++;
    }
    const fk_label x_label = fk_label_axis(g->request->problem, 0);
    if (n > 0)
        fk_gallery_curves(gallery,
                          &(fk_curves){.name = side == 0 ? "modes" : "left_modes",
                                       .title = title,
                                       .caption = mode_caption[side],
                                       .x_label = x_label.text,
                                       .axis = &g->domain.grid.axis[0],
                                       .y_label = side == 0 ? "right mode, real part"
                                                            : "left mode, real part",
                                       .n = n,
                                       .curve = curve});
    free(x);
}

static void draw_maps(const fk_analysis_grid *g, fk_gallery *gallery, const fk_modes *m,
                      int side, const char *title)
{
    fk_map map[FK_GALLERY_MAPS];
    char name[FK_GALLERY_MAPS][64];
    size_t n = 0;
    for (size_t j = 0; j < m->n && n < FK_GALLERY_MAPS; j++) {
        if (shown(&m->mode[j], side) == NULL)
            continue;
        name_mode(&m->mode[j], j, name[n], sizeof name[n]);
        map[n] = (fk_map){name[n], shown(&m->mode[j], side), j > 0, side == 0};
        n++;
    }
    if (n > 0)
        fk_gallery_maps(gallery, &(fk_maps){.name = side == 0 ? "modes" : "left_modes",
                                            .title = title,
                                            .caption = mode_caption[side],
                                            .grid = &g->domain.grid,
                                            .n = n,
                                            .map = map});
}

static void draw(const fk_analysis_grid *g, fk_gallery *gallery)
{
    static const char *const what[] = {"right modes (densities)",
                                       "left modes (observables)"};
    const fk_modes *m = g->found;
    char title[256];
    snprintf(title, sizeof title, "%s: leading eigenvalues", g->request->problem->name);
    draw_plane(g, gallery, m, title);
    for (int side = 0; side < 2; side++) {
        snprintf(title, sizeof title, "%s: %s", g->request->problem->name, what[side]);
        if (g->domain.grid.dim == 1)
            draw_curves(g, gallery, m, side, title);
        else
            draw_maps(g, gallery, m, side, title);
    }
}

const fk_analysis fk_analysis_spectrum = {
    .name = "spectrum",
    .summary = "leading eigenvalues and modes, relaxation times",
    .equation = "L r = λ r,  Lᵀ l = λ l",
    .solve = solve,
    .clear = clear,
    .tell = tell,
    .keep = keep,
    .draw = draw,
};
