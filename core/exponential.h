/* e^x in arithmetic alone, for loops over blocks: the same bits on every machine. */
#ifndef FK_CORE_EXPONENTIAL_H
#define FK_CORE_EXPONENTIAL_H

#include <stdint.h>
#include <string.h>

/* e^x for x <= 0, within 1.2 units in the last place; 0 below -708.  NaN for NaN.
 *
 *     x = k log 2 + r,  |r| <= log(2) / 2,    e^x = 2^k e^r,    e^r = 1 + r + r^2 P(r)
 *
 * P interpolates at the Chebyshev points (computed with 50 digits); relative error of
 * e^r 2e-17. */
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

    /* P in a tree: the chain of Horner's rule costs time in vector loops */
    const double r2 = r * r, r4 = r2 * r2;
    const double p01 = 0x1.0000000000000p-1 + 0x1.5555555555556p-3 * r;
    const double p23 = 0x1.5555555553d68p-5 + 0x1.11111111109b5p-7 * r;
    const double p45 = 0x1.6c16c17889f3cp-10 + 0x1.a01a01a7c2f2cp-13 * r;
    const double p67 = 0x1.a019b914881bap-16 + 0x1.71de0db2eb873p-19 * r;
    const double p89 = 0x1.28917c9f3a495p-22 + 0x1.af389eea54156p-26 * r;
    const double high = (p45 + r2 * p67) + r4 * p89;
    const double p = r + r2 * ((p01 + r2 * p23) + r4 * high);
    const double value = scale + scale * p;
    return x < least ? 0.0 : value;
}

#endif
