#include "sampling/objective.h"

/* The velocity of the probability flow given x0 and e is f + Q L^-T e / 2, Q = G G^T, so the
 * loss |v^ - v|^2 has A = B^T B with B = Q L^-T / 2; and times count evenly, a table of times
 * with its intervals: dt is t dlog t on it. */
static void weight(const fk_noising *n, size_t k, double *A)
{
    const size_t d = n->dim;
    double B[FK_NOISING_DIM * FK_NOISING_DIM];
    const double *Q = n->tensor + k * d * d, *U = n->unnoise + k * d * d;
    for (size_t i = 0; i < d; i++)
        fk_rows_transposed_times(d, U, Q + i * d, B + i * d);
    const double share =
        fk_noising_interval(n, k) * (double)n->n / (n->time[n->n - 1] - n->time[0]);
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++) {
            double sum = 0.0;
            for (size_t a = 0; a < d; a++)
                sum += B[a * d + i] * B[a * d + j];
            A[i * d + j] = 0.25 * share * sum;
        }
}

const fk_objective fk_objective_flow = {
    .name = "flow",
    .summary = "flow matching: the velocity of the probability flow, times evenly",
    .reference = "lipman-2023",
    .weight = weight,
    .at = fk_objective_quadratic,
};
