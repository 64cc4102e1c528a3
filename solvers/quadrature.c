#include "solvers/quadrature.h"

#include <assert.h>
#include <float.h>
#include <gsl/gsl_integration.h>
#include <math.h>
#include <string.h>

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
static void legendre_rule(size_t n, double *node, double *weight)
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
}

fk_status fk_gauss_legendre(size_t n, double *node, double *weight)
{
    legendre_rule(n, node, weight);
    return FK_OK;
}

enum { NODES = 16 };

typedef struct rule {
    double node[NODES], weight[NODES];
} rule;

/* *size gets the integral of |f|. */
static double composite(const rule *r, fk_integrand f, void *context, double a,
                        double b, size_t panels, double *size)
{
    const double half = 0.5 * (b - a) / (double)panels;
    double sum = 0.0;
    *size = 0.0;
    for (size_t k = 0; k < panels; k++) {
        const double middle = a + half * (2.0 * (double)k + 1.0);
        double part = 0.0;
        for (size_t i = 0; i < NODES; i++) {
            const double value = r->weight[i] * f(middle + half * r->node[i], context);
            part += value;
            *size += fabs(half * value);
        }
        sum += half * part;
    }
    return sum;
}

double fk_integral(fk_integrand f, void *context, double a, double b, size_t panels,
                   double *error)
{
    assert(panels >= 2);
    rule r;
    double size, coarse_size;
    legendre_rule(NODES, r.node, r.weight);
    const double fine = composite(&r, f, context, a, b, panels, &size);
    if (error != NULL)
        *error = 8.0 * DBL_EPSILON * size +
                 fabs(fine - composite(&r, f, context, a, b, panels / 2, &coarse_size));
    return fine;
}

fk_status fk_gauss_hermite(size_t n, double *node, double *weight)
{
    assert(n >= 1 && n <= 128);
    gsl_integration_fixed_workspace *w = gsl_integration_fixed_alloc(
        gsl_integration_fixed_hermite, n, 0.0, 0.5, 0.0, 0.0);
    if (w == NULL)
        return FK_ENOMEM;
    const double *x = gsl_integration_fixed_nodes(w);
    const double *share = gsl_integration_fixed_weights(w);
    memcpy(node, x, n * sizeof *node);
    for (size_t i = 0; i < n; i++)
        weight[i] = share[i] / sqrt(2.0 * M_PI);
    gsl_integration_fixed_free(w);
    return FK_OK;
}
