#include "sampling/time_integral.h"

#include <math.h>

size_t fk_time_integral_draws(const fk_stepper *s)
{
    return 2 * s->noises;
}

/* I_(k,0) of the whole is that of the halves, and h times the first increment. */
FK_CLONES static void join(size_t n, const double *restrict first,
                           const double *restrict second, double *restrict z)
{
    const double across = 0.5 * sqrt(1.5), along = 0.5 * M_SQRT1_2;
    for (size_t j = 0; j < n; j++) {
        z[j] = (first[j] + second[j]) * M_SQRT1_2;
        z[n + j] =
            across * (first[j] - second[j]) + along * (first[n + j] + second[n + j]);
    }
}

void fk_time_integral_join(const fk_stepper *s, double h, const double *first,
                           const double *second, double *z)
{
    (void)h;
    join(s->noises * FK_BLOCK, first, second, z);
}

FK_CLONES static void mean(size_t n, double h, const double *restrict z,
                           double *restrict to)
{
    const double half = 0.5 * sqrt(h), rest = half / sqrt(3.0);
    for (size_t j = 0; j < n; j++)
        to[j] = half * z[j] + rest * z[n + j];
}

void fk_time_integral_mean(const fk_stepper *s, double h, const double *z, double *to)
{
    mean(s->noises * FK_BLOCK, h, z, to);
}
