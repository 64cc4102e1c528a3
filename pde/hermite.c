#include "pde/hermite.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

/* psi_0 .. psi_k at y */
static void polynomials(int k, double y, double *psi)
{
    psi[0] = 1.0;
    psi[1] = y;
    for (int i = 1; i < k; i++)
        psi[i + 1] = (y * psi[i] - sqrt((double)i) * psi[i - 1]) / sqrt(i + 1.0);
}

/* Zeros of psi_n by Newton's method from between those of psi_(n-1), w = 1/(n
 * psi_(n-1)^2). */
fk_hermite fk_hermite_make(int degree)
{
    fk_hermite r = {.degree = degree, .nodes = degree + 2};
    const int n = r.nodes;
    double psi[FK_HERMITE_NODES + 1];
    double zero[FK_HERMITE_NODES + 1] = {0.0}; /* of the polynomial before */
    for (int k = 2; k <= n; k++) {
        double next[FK_HERMITE_NODES + 1];
        for (int i = 0; i < k; i++) {
            const double edge = zero[i == 0 ? 0 : k - 2];
            double y = i == 0       ? edge - 1.0
                       : i == k - 1 ? edge + 1.0
                                    : 0.5 * (zero[i - 1] + zero[i]);
            for (int step = 0; step < 30; step++) {
                polynomials(k, y, psi);
                y -= psi[k] / (sqrt((double)k) * psi[k - 1]);
            }
            next[i] = y;
        }
        memcpy(zero, next, sizeof zero);
    }
    for (int i = 0; i < n; i++) {
        polynomials(n, zero[i], psi);
        r.at[i] = zero[i];
        r.weight[i] = 1.0 / (n * psi[n - 1] * psi[n - 1]);
        memcpy(r.psi[i], psi, sizeof r.psi[i]);
    }
    return r;
}

double fk_hermite_series(const fk_hermite *h, const double *c, double y0, double y1)
{
    double psi0[FK_HERMITE_NODES], psi1[FK_HERMITE_NODES], q = 0.0;
    polynomials(h->degree, y0, psi0);
    polynomials(h->degree, y1, psi1);
    for (int i = 0; i <= h->degree; i++)
        for (int k = 0; i + k <= h->degree; k++)
            q += c[fk_hermite_place(i, k)] * psi0[i] * psi1[k];
    return q;
}

/* The integral of phi psi_k up to s is -phi(s) psi_(k-1)(s) / sqrt(k). */
double fk_hermite_below(const fk_hermite *h, const double *e, double s)
{
    double psi[FK_HERMITE_NODES], sum = 0.0;
    polynomials(h->degree, s, psi);
    for (int k = 1; k <= h->degree; k++)
        sum += e[k] * psi[k - 1] / sqrt((double)k);
    const double density = exp(-0.5 * s * s) / sqrt(2.0 * M_PI);
    const double u = gsl_cdf_ugaussian_P(s) - sum / e[0] * density;
    return fmin(fmax(u, 0.0), 1.0);
}
