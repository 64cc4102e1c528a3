#include "sampling/coupling.h"

#include <float.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>

#include "core/memory.h"
#include "sampling/rows.h"
#include "sde/linear.h"

enum { SWEEPS = 50, SIZE = FK_NOISING_DIM };

double fk_coupling_bound(size_t n, const double *time, const double *expansion,
                         const double *difference)
{
    double sum = 0.0, grown = 0.0;
    for (size_t k = 0; k + 1 < n; k++) {
        const double dt = time[k + 1] - time[k];
        const double next = grown + 0.5 * dt * (expansion[k] + expansion[k + 1]);
        sum += 0.5 * dt * (exp(grown) * difference[k] + exp(next) * difference[k + 1]);
        grown = next;
    }
    return sum;
}

/* ---- eigenvalues: Jacobi's rotations ---- */

/* The rotation that makes S[p][q] zero. */
static void rotate(size_t d, double S[SIZE][SIZE], size_t p, size_t q)
{
    const double theta = (S[q][q] - S[p][p]) / (2.0 * S[p][q]);
    const double t = copysign(1.0, theta) / (fabs(theta) + hypot(theta, 1.0));
    const double c = 1.0 / hypot(t, 1.0), s = t * c;
    for (size_t k = 0; k < d; k++) {
        const double a = S[k][p], b = S[k][q];
        S[k][p] = c * a - s * b;
        S[k][q] = s * a + c * b;
    }
    for (size_t k = 0; k < d; k++) {
        const double a = S[p][k], b = S[q][k];
        S[p][k] = c * a - s * b;
        S[q][k] = s * a + c * b;
    }
}

double fk_coupling_fastest(size_t d, const double *A)
{
    double S[SIZE][SIZE], scale = 0.0, most = -HUGE_VAL;
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++) {
            S[i][j] = 0.5 * (A[i * d + j] + A[j * d + i]);
            scale = fmax(scale, fabs(S[i][j]));
        }
    for (size_t sweep = 0; sweep < SWEEPS; sweep++)
        for (size_t p = 0; p < d; p++)
            for (size_t q = p + 1; q < d; q++)
                if (fabs(S[p][q]) > DBL_EPSILON * scale)
                    rotate(d, S, p, q);
    for (size_t i = 0; i < d; i++)
        most = fmax(most, S[i][i]);
    return most;
}

/* ---- over the points ---- */

/* db^/dx = -A + kappa Q ds^/dx at one point */
static double expansion_at(size_t d, const double *A, const double *Q, const double *J,
                           double kappa, size_t lane)
{
    double slope[SIZE * SIZE];
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++) {
            slope[i * d + j] = -A[i * d + j];
            for (size_t a = 0; a < d; a++)
                slope[i * d + j] +=
                    kappa * Q[i * d + a] * J[(j * d + a) * FK_BLOCK + lane];
        }
    return fk_coupling_fastest(d, slope);
}

static double expansion_of(const fk_judge *j, const fk_score *score, const double *A,
                           double kappa, size_t k, double *work)
{
    const fk_noising *n = fk_judge_noising(j);
    const size_t d = n->dim;
    const double *point = fk_judge_points(j, k);
    double *const *x = fk_state_carve(d, &work), *J = work, most = -HUGE_VAL;
    for (size_t i = 0; i < FK_BLOCK; i++)
        for (size_t a = 0; a < d; a++)
            x[a][i] = point[i * d + a];
    fk_score_jacobian(score, k, (const double *const *)x, J, J + d * d * FK_BLOCK);
    for (size_t i = 0; i < FK_BLOCK; i++)
        most = fmax(most, expansion_at(d, A, n->tensor + k * d * d, J, kappa, i));
    return most;
}

fk_status fk_coupling_expansion(const fk_judge *j, const fk_sde *sde,
                                const fk_score *score, double kappa, double *expansion)
{
    const fk_noising *n = fk_judge_noising(j);
    const size_t d = n->dim, matrix = d * d;
    const size_t size =
        fk_state_scratch(d) + matrix * FK_BLOCK + fk_score_jacobian_scratch(score);
    double *work = fk_doubles(size * (size_t)omp_get_max_threads());
    double *A = fk_doubles(n->n * matrix + d + matrix);
    fk_status status = work != NULL && A != NULL ? FK_OK : FK_ENOMEM;
    for (size_t k = 0; k < n->n && status == FK_OK; k++)
        status = fk_linear_coefficients(sde, n->time[k], A + k * matrix,
                                        A + n->n * matrix, A + n->n * matrix + d);
    if (status == FK_OK) {
#pragma omp parallel for default(none)                                 \
    firstprivate(j, score, A, kappa, expansion, work, size, matrix, n) \
        schedule(static)
        for (size_t k = 0; k < n->n; k++)
            expansion[k] = expansion_of(j, score, A + k * matrix, kappa, k,
                                        work + size * (size_t)omp_get_thread_num());
    }
    free(work);
    free(A);
    return status;
}
