/* The spectral operator applied. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "pde/spectral_operator.h"

enum { NONE = FK_GRID_DIM };

/* coefficients c[modes] -> their places among the transform's, those of d_axis p or, for
 * NONE, of p */
static void spread(const fk_spectral_operator *op, size_t axis, const double *c,
                   double *restrict u)
{
    const fk_basis *b = op->basis;
    const size_t *place[FK_GRID_DIM];
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        place[i] = i == axis ? b[i].dual : b[i].place;
    memset(u, 0, op->points * sizeof *u);
    for (size_t m2 = 0; m2 < b[2].modes; m2++)
        for (size_t m1 = 0; m1 < b[1].modes; m1++) {
            const double outer = axis == 2   ? b[2].slope[m2]
                                 : axis == 1 ? b[1].slope[m1]
                                             : 1.0;
            double *row = u + b[0].points * (place[1][m1] + b[1].points * place[2][m2]);
            for (size_t m0 = 0; m0 < b[0].modes; m0++, c++)
                row[place[0][m0]] += (axis == 0 ? b[0].slope[m0] : outer) * *c;
        }
}

/* dc += what the current u (coefficients along `axis` of the dual series) carries. */
static void collect(const fk_spectral_operator *op, size_t axis,
                    const double *restrict u, double *dc)
{
    const fk_basis *b = op->basis;
    const size_t *place[FK_GRID_DIM];
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        place[i] = i == axis ? b[i].dual : b[i].place;
    for (size_t m2 = 0; m2 < b[2].modes; m2++)
        for (size_t m1 = 0; m1 < b[1].modes; m1++) {
            const double outer = axis == 2   ? b[2].slope[m2]
                                 : axis == 1 ? b[1].slope[m1]
                                             : 1.0;
            const double *row =
                u + b[0].points * (place[1][m1] + b[1].points * place[2][m2]);
            for (size_t m0 = 0; m0 < b[0].modes; m0++, dc++)
                *dc += (axis == 0 ? b[0].slope[m0] : outer) * row[place[0][m0]];
        }
}

/* True if a_ii takes the way through the points. */
static bool by_points(const fk_spectral_operator *op, size_t i)
{
    return op->absorbs[i] || fk_spectral_diffusion(op, i, i)->field != NULL;
}

/* dc = -sum_i a_ii kappa_i^2 c for the a_ii that are applied to the coefficients */
static void decay(const fk_spectral_operator *op, const double *restrict c,
                  double *restrict dc)
{
    double a[FK_GRID_DIM] = {0.0};
    const fk_basis *b = op->basis;
    for (size_t i = 0; i < op->sde->dim; i++)
        if (!by_points(op, i))
            a[i] = fk_spectral_diffusion(op, i, i)->value;
    for (size_t m2 = 0; m2 < b[2].modes; m2++)
        for (size_t m1 = 0; m1 < b[1].modes; m1++) {
            const double k2 = b[2].kappa[m2], k1 = b[1].kappa[m1];
            const double outer = a[2] * k2 * k2 + a[1] * k1 * k1;
            for (size_t m0 = 0; m0 < b[0].modes; m0++, c++, dc++) {
                const double k0 = b[0].kappa[m0];
                *dc = -(outer + a[0] * k0 * k0) * *c;
            }
        }
}

FK_CLONES
static void product(size_t n, const double *restrict b, const double *restrict p,
                    double *restrict q)
{
    for (size_t j = 0; j < n; j++)
        q[j] = b[j] * p[j];
}

FK_CLONES
static void subtract(size_t n, double value, const double *restrict a,
                     const double *restrict g, double *restrict q)
{
    for (size_t j = 0; j < n; j++)
        q[j] -= (a != NULL ? a[j] : value) * g[j];
}

/* current <- J_i in the points, of what takes the way through them; false if nothing. */
static bool form_current(const fk_spectral_operator *op, size_t i)
{
    const fk_spectral_term *b = &op->term[i];
    bool any = !b->zero;
    if (b->zero)
        memset(op->current, 0, op->points * sizeof *op->current);
    else
        product(op->points, b->field, op->density, op->current);
    for (size_t j = 0; j < op->sde->dim; j++) {
        const fk_spectral_term *a = fk_spectral_diffusion(op, i, j);
        if (a->zero || (i == j && !by_points(op, i)))
            continue;
        subtract(op->points, a->value, a->field, op->gradient[j], op->current);
        any = true;
    }
    return any;
}

/* Value of the current's function at transform place k of axis i on its absorbing side. */
static double at_face(const fk_basis *b, size_t side, size_t k)
{
    const double size = b->series == FK_SINE && k == 0 ? 1.0 : 2.0;
    return size * (side == 1 && k % 2 == 1 ? -1.0 : 1.0);
}

/* Coefficients of a current along the axis that the mass follows. */
static size_t current_modes(const fk_basis *b)
{
    return b->modes + (b->series == FK_SINE ? 1 : 0);
}

/* int_face J . n of the current's coefficients along `axis` */
static double through_face(const fk_spectral_operator *op, size_t axis, size_t side)
{
    const fk_basis *b = op->basis;
    size_t n[FK_GRID_DIM];
    double sum = 0.0;
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        n[i] = i == axis ? current_modes(&b[i]) : b[i].modes;
    for (size_t m2 = 0; m2 < n[2]; m2++)
        for (size_t m1 = 0; m1 < n[1]; m1++)
            for (size_t m0 = 0; m0 < n[0]; m0++) {
                const size_t m[FK_GRID_DIM] = {m0, m1, m2};
                double weight = 1.0;
                size_t at = 0;
                for (size_t i = FK_GRID_DIM; i-- > 0;) {
                    weight *=
                        i == axis ? at_face(&b[i], side, m[i]) : op->integral[i][m[i]];
                    at = at * b[i].points + (i == axis ? m[i] : b[i].place[m[i]]);
                }
                sum += weight * op->current[at];
            }
    return side == 1 ? sum : -sum;
}

void fk_spectral_operator_apply(const void *operator, const double * c, double *dc)
{
    const fk_spectral_operator *op = operator;
    decay(op, c, dc);
    for (size_t k = 0; k < op->n_faces; k++)
        dc[op->modes + k] = 0.0;
    if (op->idle)
        return;
    spread(op, NONE, c, op->density);
    fk_series_run(op->value, op->density);
    for (size_t i = 0; i < op->sde->dim; i++)
        if (op->sloped[i]) {
            spread(op, i, c, op->gradient[i]);
            fk_series_run(op->slope[i], op->gradient[i]);
        }
    for (size_t i = 0; i < op->sde->dim; i++) {
        if (!form_current(op, i))
            continue;
        fk_series_run(op->back[i], op->current);
        collect(op, i, op->current, dc);
        for (size_t k = 0; k < op->n_faces; k++)
            if (op->face_axis[k] == i)
                dc[op->modes + k] = through_face(op, i, op->face_side[k]);
    }
}

double fk_spectral_operator_roughness(const fk_spectral_operator *op, const double *c)
{
    double rough = 0.0, speed = 0.0;
    if (op->idle)
        return 0.0;
    spread(op, NONE, c, op->density);
    fk_series_run(op->value, op->density);
    for (size_t j = 0; j < op->points; j++) {
        rough += fabs(op->density[j]) * op->rough[j];
        speed += fabs(op->density[j]) * op->speed[j];
    }
    return speed > 0.0 ? rough / speed : 0.0;
}
