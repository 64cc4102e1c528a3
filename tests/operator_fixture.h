/* Fokker-Planck operators of several kinds of equations, for tests. */
#ifndef FK_TESTS_OPERATOR_FIXTURE_H
#define FK_TESTS_OPERATOR_FIXTURE_H

#include <check.h>
#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "pde/fokker_planck.h"
#include "tests/sde_text.h"
#include "tests/suite.h"

/* An SDE, its domain and its operator. */
typedef struct equation {
    fk_sde *sde;
    fk_domain domain;
    fk_fokker_planck *fp;
    size_t cells;
} equation;

/* The box [-w_i, w_i] with the same boundary everywhere. */
static inline fk_domain box(size_t dim, const double *w, const size_t *cells,
                            fk_boundary all)
{
    fk_axis axis[FK_GRID_DIM];
    fk_domain d = {.face = {{FK_OPEN}}};
    for (size_t i = 0; i < dim; i++)
        axis[i] = (fk_axis){-w[i], w[i], cells[i]};
    d.grid = fk_grid_make(dim, axis);
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        d.face[i][0] = d.face[i][1] = all;
    return d;
}

static inline equation open_equation(fk_sde *sde, fk_domain domain, const char *flux)
{
    equation e = {.sde = sde, .domain = domain, .cells = fk_grid_cells(&domain.grid)};
    fk_message message = {""};
    const fk_status status =
        fk_fokker_planck_new(sde, &domain, fk_flux_find(flux), &e.fp, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    return e;
}

static inline void close_equation(equation *e)
{
    fk_fokker_planck_free(e->fp);
    sde_text_free(e->sde);
}

static inline double next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return ((double)(*state >> 11) + 0.5) * 0x1p-53;
}

static inline double *random_field(size_t n, uint64_t seed)
{
    double *u = fk_doubles(n);
    for (size_t i = 0; i < n; i++)
        u[i] = next(&seed);
    return u;
}

static inline double dot(size_t n, const double *u, const double *v)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += u[i] * v[i];
    return sum;
}

static inline double l1(size_t n, const double *u)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += fabs(u[i]);
    return sum;
}

/* Values of an expression in the SDE's variables at the cell centres. */
static inline double *sampled(const equation *e, const fk_expr *f)
{
    const fk_binding binding = fk_sde_binding(e->sde);
    fk_program *program;
    ck_assert(fk_program_new(1, &f, &binding, &program) == FK_OK);
    double *scratch = fk_doubles(fk_program_scratch(program));
    double *x = fk_doubles(FK_GRID_DIM * FK_BLOCK), *out = fk_doubles(FK_BLOCK);
    double *u = fk_doubles(e->cells);
    for (size_t c = 0; c < e->cells; c += FK_BLOCK) {
        for (size_t k = 0; k < FK_BLOCK && c + k < e->cells; k++) {
            double centre[FK_GRID_DIM];
            fk_grid_centre(&e->domain.grid, c + k, centre);
            for (size_t a = 0; a < e->domain.grid.dim; a++)
                x[a * FK_BLOCK + k] = centre[a];
        }
        fk_program_run(program, 0.0,
                       (const double *[]){x, x + FK_BLOCK, x + 2 * FK_BLOCK},
                       (double *[]){out}, scratch);
        for (size_t k = 0; k < FK_BLOCK && c + k < e->cells; k++)
            u[c + k] = out[k];
    }
    free(x);
    free(out);
    free(scratch);
    fk_program_free(program);
    return u;
}

static inline const fk_expr *parsed(const equation *e, const char *text)
{
    const fk_expr *out;
    fk_expr_error error;
    const fk_expr_name names[] = {{"x", NULL}, {"y", NULL}, {"z", NULL}};
    ck_assert_msg(fk_expr_parse(e->sde->pool, text, names, 3, &out, &error) == FK_OK,
                  "%s", error.text);
    return out;
}

/* Systems of every kind: cross terms of both signs, time, noise that fails. */
typedef struct kind {
    size_t dim, noises;
    const char *drift, *noise;
    double width[FK_GRID_DIM];
    size_t cells[FK_GRID_DIM];
} kind;

static inline equation of_kind(const kind *k, fk_domain d, const char *flux)
{
    return open_equation(
        sde_text(FK_ITO, k->dim, k->noises, "x; y; z", k->drift, k->noise), d, flux);
}

#endif
