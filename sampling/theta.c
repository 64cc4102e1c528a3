#include "sampling/theta.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "sampling/rows.h"

/* Newton's method gains digits twice over or not at all. */
enum { ITERATIONS = 40 };

/* The extra entries are J_ij = d_j f_i. */
fk_status fk_theta_prepare(const fk_sde *sde, fk_stepper **out, fk_message *message)
{
    const size_t d = sde->dim;
    *out = NULL;
    const fk_expr **jacobian = calloc(d * d, sizeof *jacobian);
    if (jacobian == NULL)
        return fk_fail(message, FK_ENOMEM, "out of memory");
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            jacobian[i * d + j] =
                fk_expr_diff(sde->pool, sde->ito[i], sde->variable[j]);
    const fk_status status =
        fk_motion_new(sde, sde->ito, d * d, jacobian, out, message);
    free(jacobian);
    return status;
}

/* The known part c, the iterate, its residual, one matrix with its right side. */
size_t fk_theta_scratch(const fk_stepper *s)
{
    return 3 * fk_state_scratch(s->dim) + fk_padded(s->dim * (s->dim + 1)) +
           fk_entries_scratch(&s->terms);
}

/* Solves M x = b, M[n][n + 1] with b its last column, by elimination with row exchanges;
 * the solution takes the place of b.  Without one it is not finite. */
static void eliminate(size_t n, double *M)
{
    const size_t w = n + 1;
    for (size_t k = 0; k < n; k++) {
        size_t p = k;
        for (size_t i = k + 1; i < n; i++)
            if (fabs(M[i * w + k]) > fabs(M[p * w + k]))
                p = i;
        for (size_t j = k; j < w && p != k; j++) {
            const double swap = M[k * w + j];
            M[k * w + j] = M[p * w + j];
            M[p * w + j] = swap;
        }
        for (size_t i = k + 1; i < n; i++) {
            const double factor = M[i * w + k] / M[k * w + k];
            for (size_t j = k; j < w; j++)
                M[i * w + j] -= factor * M[k * w + j];
        }
    }
    for (size_t k = n; k-- > 0;) {
        for (size_t j = k + 1; j < n; j++)
            M[k * w + n] -= M[k * w + j] * M[j * w + n];
        M[k * w + n] /= M[k * w + k];
    }
}

/* One Newton step of lane j: y -= (1 - a J)^-1 r.  True if y hardly moved. */
static bool improve(const fk_stepper *s, double a, double *const *rows,
                    double *const *r, size_t j, double *const *y, double *M)
{
    const size_t d = s->dim, w = d + 1;
    const fk_entry *J = fk_motion_extra(s);
    for (size_t i = 0; i < d; i++) {
        for (size_t k = 0; k < d; k++)
            M[i * w + k] =
                (i == k ? 1.0 : 0.0) - a * fk_entry_value(&J[i * d + k], rows, j);
        M[i * w + d] = r[i][j];
    }
    eliminate(d, M);
    double moved = 0.0, size = 1.0;
    for (size_t i = 0; i < d; i++) {
        moved += fabs(M[i * w + d]);
        size += fabs(y[i][j]);
        y[i][j] -= M[i * w + d];
    }
    return moved <= 1e-13 * size;
}

/* r = y - c - a f(y), and a Newton step of every lane that has not come to rest.  True if
 * all have. */
static bool iterate(const fk_stepper *s, double t, double a, double *const *c,
                    double *const *r, double *const *y, bool *rests, double *M,
                    double *scratch)
{
    double *const *rows = fk_motion_eval(s, t, y, scratch);
    for (size_t i = 0; i < s->dim; i++)
        for (size_t j = 0; j < FK_BLOCK; j++)
            r[i][j] =
                y[i][j] - c[i][j] - a * fk_entry_value(&fk_motion_drift(s)[i], rows, j);
    bool all = true;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        if (!rests[j])
            rests[j] = improve(s, a, rows, r, j, y, M);
        all = all && rests[j];
    }
    return all;
}

void fk_theta_step(const fk_stepper *s, double theta, double t, double h,
                   const double *z, double *const *x, double *scratch)
{
    double *const *c = fk_state_carve(s->dim, &scratch);
    double *const *y = fk_state_carve(s->dim, &scratch);
    double *const *r = fk_state_carve(s->dim, &scratch);
    double *M = scratch;
    scratch += fk_padded(s->dim * (s->dim + 1));
    bool rests[FK_BLOCK] = {false};

    fk_state_copy(s->dim, x, c);
    double *const *rows = fk_motion_eval(s, t, x, scratch);
    fk_motion_add_drift(s, rows, (1.0 - theta) * h, c);
    fk_motion_add_noise(s, rows, sqrt(h), z, c);
    fk_state_copy(s->dim, x, y);
    bool all = false;
    for (size_t n = 0; n < ITERATIONS && !all; n++)
        all = iterate(s, t + h, theta * h, c, r, y, rests, M, scratch);
    for (size_t i = 0; i < s->dim; i++)
        for (size_t j = 0; j < FK_BLOCK; j++)
            x[i][j] = rests[j] ? y[i][j] : NAN;
}
