#include "pde/bernoulli.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/block.h"

/* e^y - 1 for 0 <= y <= 700, by y = k log 2 + r, |r| <= log(2) / 2:
 *
 *     2^k (e^r - 1) + (2^k - 1),    e^r - 1 = r + r^2 / 2! + ... + r^13 / 13!
 *
 * arithmetic alone, so that it runs in SIMD lanes with the same digits anywhere. */
static inline double exp_minus_1(double y)
{
    const double to_integer = 0x1.8p52; /* adding it rounds to an integer */
    const double shifted = y * M_LOG2E + to_integer;
    const double k = shifted - to_integer;
    const double r = (y - k * 0x1.62e42fefa3800p-1) - k * 0x1.ef35793c76730p-45;

    double series = 1.0 / 6227020800.0;
    series = series * r + 1.0 / 479001600.0;
    series = series * r + 1.0 / 39916800.0;
    series = series * r + 1.0 / 3628800.0;
    series = series * r + 1.0 / 362880.0;
    series = series * r + 1.0 / 40320.0;
    series = series * r + 1.0 / 5040.0;
    series = series * r + 1.0 / 720.0;
    series = series * r + 1.0 / 120.0;
    series = series * r + 1.0 / 24.0;
    series = series * r + 1.0 / 6.0;
    series = series * r + 0.5;
    const double e = r + r * r * series;

    uint64_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return power * e + (power - 1.0);
}

FK_CLONES
void fk_bernoulli(size_t n, const double *restrict P, double *restrict plus,
                  double *restrict minus)
{
    for (size_t i = 0; i < n; i++) {
        const double y = fabs(P[i]);
        const double bounded = y < 700.0 ? y : 700.0;
        const double e = exp_minus_1(bounded);
        const double small = y > 0.0 ? bounded / e : 1.0; /* W(|P|) */
        const double large = y + small;                   /* W(-|P|) */
        plus[i] = P[i] > 0.0 ? small : large;
        minus[i] = P[i] > 0.0 ? large : small;
    }
}
