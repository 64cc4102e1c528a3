#include "experiments/claims/exit_walk.h"

#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdbool.h>

#include "solvers/quadrature.h"

enum { PANELS = 4, PER_PANEL = 64, NODES = PANELS * PER_PANEL, UNKNOWNS = 5 };

/* Of one step from y: h, P, E X, E X^2, E distance, each where it ends beyond `end`;
 * side +1: above. */
static void beyond(double y, double sd, double end, double side, double r[UNKNOWNS])
{
    const double d = side * (end - y) / sd;
    const double q = 0.5 * erfc(d / M_SQRT2), n = exp(-0.5 * d * d) / sqrt(2.0 * M_PI);
    r[1] += side > 0.0 ? q : 0.0;
    r[2] += y * q + side * sd * n;
    r[3] += (y * y + sd * sd) * q + sd * n * (2.0 * side * y + sd * d);
    r[4] += sd * (n - d * q);
}

typedef struct equation {
    double h, node[NODES], weight[NODES];
    gsl_matrix *matrix; /* I - K */
    gsl_permutation *order;
    gsl_vector *u[UNKNOWNS];
} equation;

static double kernel(const fk_exit_walk *w, double h, double from, double to)
{
    const double sd = sqrt(w->g2 * h), z = (to - (1.0 - w->theta * h) * from) / sd;
    return exp(-0.5 * z * z) / (sd * sqrt(2.0 * M_PI));
}

static void sources(const fk_exit_walk *w, double h, double from, double r[UNKNOWNS])
{
    const double y = (1.0 - w->theta * h) * from, sd = sqrt(w->g2 * h);
    for (size_t k = 0; k < UNKNOWNS; k++)
        r[k] = 0.0;
    r[0] = h;
    beyond(y, sd, w->hi, 1.0, r);
    beyond(y, sd, w->lo, -1.0, r);
}

static fk_status make_nodes(const fk_exit_walk *w, equation *e)
{
    double node[PER_PANEL], weight[PER_PANEL];
    const double half = 0.5 * (w->hi - w->lo) / PANELS;
    FK_TRY(fk_gauss_legendre(PER_PANEL, node, weight));
    for (size_t k = 0; k < NODES; k++) {
        e->node[k] =
            w->lo + half * (1.0 + 2.0 * (double)(k / PER_PANEL) + node[k % PER_PANEL]);
        e->weight[k] = half * weight[k % PER_PANEL];
    }
    return FK_OK;
}

/* u = r + K u, and its value at x. */
static void solve(const fk_exit_walk *w, equation *e, double at_x[UNKNOWNS])
{
    double r[UNKNOWNS];
    int sign;
    for (size_t i = 0; i < NODES; i++) {
        for (size_t j = 0; j < NODES; j++)
            gsl_matrix_set(e->matrix, i, j,
                           (i == j ? 1.0 : 0.0) -
                               e->weight[j] * kernel(w, e->h, e->node[i], e->node[j]));
        sources(w, e->h, e->node[i], r);
        for (size_t k = 0; k < UNKNOWNS; k++)
            gsl_vector_set(e->u[k], i, r[k]);
    }
    gsl_linalg_LU_decomp(e->matrix, e->order, &sign);
    sources(w, e->h, w->x, at_x);
    for (size_t k = 0; k < UNKNOWNS; k++) {
        gsl_linalg_LU_svx(e->matrix, e->order, e->u[k]);
        for (size_t j = 0; j < NODES; j++)
            at_x[k] += e->weight[j] * kernel(w, e->h, w->x, e->node[j]) *
                       gsl_vector_get(e->u[k], j);
    }
}

fk_status fk_exit_walk_solve(const fk_exit_walk *w, double h, fk_exit_law *out)
{
    equation e = {.h = h};
    double u[UNKNOWNS];
    bool ready = (e.matrix = gsl_matrix_alloc(NODES, NODES)) != NULL &&
                 (e.order = gsl_permutation_alloc(NODES)) != NULL;
    for (size_t k = 0; k < UNKNOWNS; k++)
        ready = (e.u[k] = gsl_vector_alloc(NODES)) != NULL && ready;
    fk_status status = ready ? make_nodes(w, &e) : FK_ENOMEM;
    if (status == FK_OK) {
        solve(w, &e, u);
        *out = (fk_exit_law){u[0], u[1], u[2], u[3], u[4]};
    }
    for (size_t k = 0; k < UNKNOWNS; k++)
        gsl_vector_free(e.u[k]);
    gsl_permutation_free(e.order);
    gsl_matrix_free(e.matrix);
    return status;
}
