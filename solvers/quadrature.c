#include "solvers/quadrature.h"

#include <assert.h>
#include <math.h>

/* P_n(x), and P_{n-1}(x) in *before, by k P_k = (2 k - 1) x P_{k-1} - (k - 1) P_{k-2}. */
static double legendre(size_t n, double x, double *before)
{
    double p = x, p1 = 1.0;
    for (size_t k = 2; k <= n; k++) {
        const double p2 = p1, c = (double)k;
        p1 = p;
        p = ((2.0 * c - 1.0) * x * p1 - (c - 1.0) * p2) / c;
    }
    *before = p1;
    return p;
}

/* P_n'(x) = n (P_{n-1} - x P_n) / (1 - x^2) */
static double slope(size_t n, double x, double p, double before)
{
    return (double)n * (before - x * p) / ((1.0 - x) * (1.0 + x));
}

/* Newton's method for the roots of P_n, from a guess that is good to O(n^-4); five steps
 * end at rounding for every n allowed.  The weights w = 2 / ((1 - x^2) P_n'^2) are
 * insensitive to the rounding of x in this form; the lower half is the mirror image. */
fk_status fk_gauss_legendre(size_t n, double *node, double *weight)
{
    assert(n >= 1 && n <= 64);
    const double c = (double)n;
    for (size_t i = 0; i < (n + 1) / 2; i++) {
        const double angle = M_PI * ((double)i + 0.75) / (c + 0.5);
        double x = (1.0 - (c - 1.0) / (8.0 * c * c * c)) * cos(angle), before, p;
        for (int step = 0; step < 5; step++) {
            p = legendre(n, x, &before);
            x -= p / slope(n, x, p, before);
        }
        if (2 * i + 1 == n)
            x = 0.0;
        p = legendre(n, x, &before);
        const double derivative = slope(n, x, p, before);
        node[n - 1 - i] = x;
        node[i] = -x;
        weight[n - 1 - i] = 2.0 / ((1.0 - x) * (1.0 + x) * derivative * derivative);
        weight[i] = weight[n - 1 - i];
    }
    return FK_OK;
}
