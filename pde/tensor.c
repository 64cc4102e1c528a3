#include "pde/tensor.h"

#include <math.h>
#include <string.h>

/* A tensor whose determinant is below this share of the product of its diagonal is
 * inverted on the span of its larger eigenvectors only. */
static const double nearly_singular = 1e-12;
static const double least_eigenvalue = 1e-10; /* of the correlation matrix */

static bool invert_2(const fk_tensor *t, double *q)
{
    const double xx = t->a[0][0], yy = t->a[1][1], xy = t->a[0][1];
    const double det = xx * yy - xy * xy;
    if (!(det > nearly_singular * xx * yy))
        return false;
    q[0] = (yy * t->b[0] - xy * t->b[1]) / det;
    q[1] = (xx * t->b[1] - xy * t->b[0]) / det;
    return true;
}

static bool invert_3(const fk_tensor *t, double *q)
{
    const double(*a)[FK_GRID_DIM] = t->a;
    double c[3][3]; /* cofactors; a is symmetric */
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++) {
            const size_t i1 = (i + 1) % 3, i2 = (i + 2) % 3;
            const size_t j1 = (j + 1) % 3, j2 = (j + 2) % 3;
            c[i][j] = a[i1][j1] * a[i2][j2] - a[i1][j2] * a[i2][j1];
        }
    const double det = a[0][0] * c[0][0] + a[0][1] * c[0][1] + a[0][2] * c[0][2];
    if (!(det > nearly_singular * a[0][0] * a[1][1] * a[2][2]))
        return false;
    for (size_t i = 0; i < 3; i++)
        q[i] = (c[i][0] * t->b[0] + c[i][1] * t->b[1] + c[i][2] * t->b[2]) / det;
    return true;
}

/* One Jacobi rotation: c <- R^T c R with c_ij = 0 afterwards, v <- v R. */
static void rotate(size_t n, double c[][FK_GRID_DIM], double v[][FK_GRID_DIM], size_t i,
                   size_t j)
{
    if (fabs(c[i][j]) < 1e-17) /* the diagonal is one */
        return;
    const double angle = 0.5 * atan2(2.0 * c[i][j], c[j][j] - c[i][i]);
    const double co = cos(angle), si = sin(angle);
    for (size_t k = 0; k < n; k++) {
        const double left = c[k][i], right = c[k][j];
        c[k][i] = co * left - si * right;
        c[k][j] = si * left + co * right;
        const double vl = v[k][i], vr = v[k][j];
        v[k][i] = co * vl - si * vr;
        v[k][j] = si * vl + co * vr;
    }
    for (size_t k = 0; k < n; k++) {
        const double left = c[i][k], right = c[j][k];
        c[i][k] = co * left - si * right;
        c[j][k] = si * left + co * right;
    }
}

/* Eigenvalues on the diagonal of c, eigenvectors in the columns of v. */
static void diagonalise(size_t n, double c[][FK_GRID_DIM], double v[][FK_GRID_DIM])
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            v[i][j] = i == j ? 1.0 : 0.0;
    for (int sweep = 0; sweep < 12; sweep++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = i + 1; j < n; j++)
                rotate(n, c, v, i, j);
}

/* Pseudo-inverse in units in which every variable's own noise is one. */
static void invert_singular(const fk_tensor *t, double *q, double *r)
{
    const size_t n = t->dim;
    double unit[FK_GRID_DIM], c[FK_GRID_DIM][FK_GRID_DIM], v[FK_GRID_DIM][FK_GRID_DIM];
    for (size_t i = 0; i < n; i++)
        unit[i] = t->a[i][i] > 0.0 ? sqrt(t->a[i][i]) : 0.0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            c[i][j] = unit[i] * unit[j] > 0.0 ? t->a[i][j] / (unit[i] * unit[j]) : 0.0;
    diagonalise(n, c, v);

    for (size_t i = 0; i < n; i++) {
        q[i] = 0.0;
        r[i] = unit[i] > 0.0 ? 0.0 : t->b[i];
    }
    for (size_t k = 0; k < n; k++) {
        double along = 0.0;
        for (size_t i = 0; i < n; i++)
            along += unit[i] > 0.0 ? v[i][k] * t->b[i] / unit[i] : 0.0;
        const bool noisy = c[k][k] > least_eigenvalue;
        for (size_t i = 0; i < n; i++) {
            if (!(unit[i] > 0.0))
                continue;
            if (noisy)
                q[i] += along / c[k][k] * v[i][k] / unit[i];
            else
                r[i] += along * v[i][k] * unit[i];
        }
    }
}

void fk_tensor_drift(const fk_tensor *t, double *q, double *r)
{
    memset(r, 0, t->dim * sizeof *r);
    if (t->dim == 2 && invert_2(t, q))
        return;
    if (t->dim == 3 && invert_3(t, q))
        return;
    invert_singular(t, q, r);
}

static double link(const fk_tensor *t, const double *h, size_t i, size_t j)
{
    return fabs(t->a[i][j]) / (h[i] * h[j]);
}

/* sum_j k_ij */
static double links(const fk_tensor *t, const double *h, size_t i)
{
    double sum = 0.0;
    for (size_t j = 0; j < t->dim; j++)
        if (j != i)
            sum += link(t, h, i, j);
    return sum;
}

double fk_tensor_axis(const fk_tensor *t, const double *h, const double *walls,
                      size_t i)
{
    double k = t->a[i][i] / (h[i] * h[i]) - links(t, h, i);
    for (size_t w = 0; w < t->dim; w++) {
        if (w == i || walls[w] == 0.0 || t->a[w][i] == 0.0)
            continue;
        const double m = t->a[w][w] / (h[w] * h[w]);
        k += 0.5 * walls[w] * link(t, h, w, i) * (1.0 - links(t, h, w) / m);
    }
    return k;
}

double fk_tensor_diagonal(const fk_tensor *t, const double *h, const double *walls,
                          size_t i, size_t j, int sign)
{
    double k = sign * t->a[i][j] > 0.0 ? link(t, h, i, j) : 0.0;
    for (size_t w = 0; w < t->dim; w++) {
        if (w == i || w == j || walls[w] == 0.0)
            continue;
        if (sign * t->a[w][i] * t->a[w][j] < 0.0)
            k += 0.5 * walls[w] * link(t, h, w, i) * link(t, h, w, j) /
                 (t->a[w][w] / (h[w] * h[w]));
    }
    return k;
}
