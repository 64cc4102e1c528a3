/* e^x in arithmetic alone, for loops over blocks: the same bits on every machine. */
#ifndef FK_CORE_EXPONENTIAL_H
#define FK_CORE_EXPONENTIAL_H

#include <stdint.h>
#include <string.h>

/* e^x for x <= 0, within 1 unit in the last place; 0 below -708.  NaN for NaN.
 *
 *     x = k log 2 + r, |r| <= log(2) / 2,   e^x = 2^k e^r,   e^r to degree 13 */
static inline double fk_exp_negative(double x)
{
    const double least = -708.0, y = x < least ? least : x;
    const double shift = 0x1.8p52; /* adding it rounds to a whole number */
    const double big = y * 0x1.71547652b82fep+0 + shift, k = big - shift;
    const double r = (y - k * 0x1.62e42fefa38p-1) - k * 0x1.ef35793c7673p-45;
    uint64_t bits;
    memcpy(&bits, &big, sizeof bits);
    bits = (bits + 1023) << 52; /* the low bits of `big` are k */
    double scale;
    memcpy(&scale, &bits, sizeof scale);

    double p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = (p * r) * r + r;
    const double value = scale + scale * p;
    return x < least ? 0.0 : value;
}

#endif
