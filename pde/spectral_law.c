/* Coefficients of initial laws, and of densities on other bases. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "pde/spectral_parts.h"

static size_t n_modes(const fk_basis *b)
{
    return b[0].modes * b[1].modes * b[2].modes;
}

/* ---- mixtures: c_m = E prod_i phi_i / (volume prod_i weight_i) ---- */

static bool independent(const double *cov, size_t d)
{
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < i; j++)
            if (cov[i * d + j] != 0.0)
                return false;
    return true;
}

/* factor[m] of one axis for N(mean, variance) */
static void axis_factors(const fk_basis *b, double mean, double variance,
                         double *factor)
{
    for (size_t m = 0; m < b->modes; m++) {
        const double kappa = b->kappa[m], angle = kappa * (mean - b->lo);
        factor[m] = b->sign[m] * exp(-0.5 * kappa * kappa * variance) *
                    (b->cosine[m] ? cos(angle) : sin(angle));
    }
}

static fk_status add_independent(const fk_basis *b, size_t d, double weight,
                                 const double *mean, const double *cov, double *c)
{
    const size_t n0 = b[0].modes, n1 = b[1].modes, n2 = b[2].modes;
    double *factor = fk_doubles(n0 + n1 + n2), *f1 = factor + n0, *f2 = f1 + n1;
    if (factor == NULL)
        return FK_ENOMEM;
    double *const part[FK_GRID_DIM] = {factor, f1, f2};
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        if (i < d)
            axis_factors(&b[i], mean[i], cov[i * d + i], part[i]);
        else
            part[i][0] = 1.0;
    for (size_t m2 = 0; m2 < n2; m2++)
        for (size_t m1 = 0; m1 < n1; m1++)
            for (size_t m0 = 0; m0 < n0; m0++)
                *c++ += weight * f2[m2] * f1[m1] * factor[m0];
    free(factor);
    return FK_OK;
}

/* With cos u = Re e^{iu}, sin u = Re(-i e^{iu}) a product of d of them is the mean over
 * the signs s of the real part of e^{i sum s u} with the phases, s_0 = 1; and
 * E e^{i k.x} = e^{i k.mean - k.S k / 2}. */
static double joint_factor(const fk_basis *b, size_t d, const size_t *m,
                           const double *mean, const double *cov)
{
    const size_t patterns = (size_t)1 << (d - 1);
    double sign = 1.0, sum = 0.0;
    for (size_t i = 0; i < d; i++)
        sign *= b[i].sign[m[i]];
    for (size_t s = 0; s < patterns; s++) {
        double k[FK_GRID_DIM], angle = 0.0, square = 0.0;
        for (size_t i = 0; i < d; i++) {
            const double way = i > 0 && (s >> (i - 1) & 1) != 0 ? -1.0 : 1.0;
            k[i] = way * b[i].kappa[m[i]];
            angle += k[i] * (mean[i] - b[i].lo);
            angle -= b[i].cosine[m[i]] ? 0.0 : way * M_PI_2;
        }
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j < d; j++)
                square += k[i] * cov[i * d + j] * k[j];
        sum += exp(-0.5 * square) * cos(angle);
    }
    return sign * sum / (double)patterns;
}

static void add_joint(const fk_basis *b, size_t d, double weight, const double *mean,
                      const double *cov, double *c)
{
    size_t m[FK_GRID_DIM];
    for (m[2] = 0; m[2] < b[2].modes; m[2]++)
        for (m[1] = 0; m[1] < b[1].modes; m[1]++)
            for (m[0] = 0; m[0] < b[0].modes; m[0]++)
                *c++ += weight * joint_factor(b, d, m, mean, cov);
}

static fk_status mixture_coefficients(const fk_mixture *mixture, const fk_basis *b,
                                      double *c)
{
    const size_t d = mixture->dim;
    const double volume = b[0].length * b[1].length * b[2].length;
    memset(c, 0, n_modes(b) * sizeof *c);
    for (size_t k = 0; k < mixture->components; k++) {
        const double *mean = mixture->mean + k * d, *cov = mixture->cov + k * d * d;
        const double weight = mixture->weight[k] / volume;
        if (independent(cov, d))
            FK_TRY(add_independent(b, d, weight, mean, cov, c));
        else
            add_joint(b, d, weight, mean, cov, c);
    }
    return FK_OK;
}

/* ---- sums over points ---- */

static size_t before(const size_t *size, size_t axis)
{
    return (axis > 0 ? size[0] : 1) * (axis > 1 ? size[1] : 1);
}

static size_t behind(const size_t *size, size_t axis)
{
    return (axis < 1 ? size[1] : 1) * (axis < 2 ? size[2] : 1);
}

/* *from[n along the axis] of shape size[] -> modes of the basis; replaces *from. */
static fk_status project_axis(const fk_basis *b, fk_basis_form form, double h, size_t n,
                              const double *x, size_t axis, size_t *size, double **from)
{
    const size_t inner = before(size, axis), outer = behind(size, axis);
    double *to = fk_doubles(inner * b->modes * outer);
    if (to == NULL)
        return FK_ENOMEM;
    const fk_status status =
        fk_basis_project(b, form, h, n, x, inner, outer, *from, to);
    for (size_t o = 0; o < outer; o++)
        for (size_t m = 0; m < b->modes; m++)
            for (size_t i = 0; i < inner; i++)
                to[(o * b->modes + m) * inner + i] *= h / (b->length * b->weight[m]);
    size[axis] = b->modes;
    free(*from);
    *from = to;
    return status;
}

static double *centres(double lo, double h, size_t n)
{
    double *x = fk_doubles(n);
    for (size_t j = 0; x != NULL && j < n; j++)
        x[j] = lo + ((double)j + 0.5) * h;
    return x;
}

/* Cells of the domain, split until there are four to a mode. */
static size_t splits(const fk_domain *domain, const fk_basis *b)
{
    size_t factor = 1;
    for (size_t i = 0; i < domain->grid.dim; i++)
        while (factor * domain->grid.axis[i].cells < 4 * b[i].modes)
            factor++;
    return factor;
}

static fk_status projected_coefficients(const fk_law *law, const fk_domain *domain,
                                        const fk_basis *b, double *c)
{
    const fk_grid g = fk_grid_refine(&domain->grid, splits(domain, b));
    size_t size[FK_GRID_DIM] = {g.axis[0].cells, g.axis[1].cells, g.axis[2].cells};
    double *u = fk_doubles(fk_grid_cells(&g));
    if (u == NULL)
        return FK_ENOMEM;
    fk_status status = fk_law_project(law, &g, u, NULL);
    for (size_t i = 0; status == FK_OK && i < g.dim; i++) {
        const double h = fk_axis_width(&g.axis[i]);
        double *x = centres(g.axis[i].lo, h, size[i]);
        status = x == NULL
                     ? FK_ENOMEM
                     : project_axis(&b[i], FK_SHARPEN, h, size[i], x, i, size, &u);
        free(x);
    }
    if (status == FK_OK)
        memcpy(c, u, n_modes(b) * sizeof *c);
    free(u);
    return status;
}

fk_status fk_spectral_law(const fk_law *law, const fk_domain *domain,
                          const fk_basis *basis, double *c)
{
    const fk_mixture *mixture = fk_law_mixture(law);
    return mixture != NULL ? mixture_coefficients(mixture, basis, c)
                           : projected_coefficients(law, domain, basis, c);
}

/* ---- other bases ---- */

/* The same box: coefficients move to their places, new ones are zero. */
static fk_status pad_axis(const fk_basis *from, const fk_basis *to, size_t axis,
                          size_t *size, double **u)
{
    const size_t inner = before(size, axis), outer = behind(size, axis);
    double *next = fk_doubles(inner * to->modes * outer);
    if (next == NULL)
        return FK_ENOMEM;
    for (size_t o = 0; o < outer; o++)
        for (size_t m = 0; m < from->modes; m++) {
            const bool sine = from->series == FK_FOURIER && m > from->modes / 2;
            const size_t place = sine ? to->modes - (from->modes - m) : m;
            memcpy(next + (o * to->modes + place) * inner,
                   *u + (o * from->modes + m) * inner, inner * sizeof *next);
        }
    size[axis] = to->modes;
    free(*u);
    *u = next;
    return FK_OK;
}

/* Another box: values in points of the old one, nothing elsewhere, projected. */
static fk_status move_axis(const fk_basis *from, const fk_basis *to, size_t axis,
                           size_t *size, double **u)
{
    const size_t most = from->modes > to->modes ? from->modes : to->modes, n = 4 * most;
    const double h = from->length / (double)n;
    const size_t inner = before(size, axis), outer = behind(size, axis);
    double *x = centres(from->lo, h, n), *values = fk_doubles(inner * n * outer);
    fk_status status = x == NULL || values == NULL ? FK_ENOMEM : FK_OK;
    if (status == FK_OK)
        status = fk_basis_sum(from, FK_VALUE, h, n, x, inner, outer, *u, values);
    if (status == FK_OK) {
        double *old = *u;
        *u = values;
        values = old;
        size[axis] = n;
        status = project_axis(to, FK_VALUE, h, n, x, axis, size, u);
    }
    free(x);
    free(values);
    return status;
}

fk_status fk_spectral_carry(const fk_basis *from, const fk_basis *to, const double *c,
                            double *out)
{
    size_t size[FK_GRID_DIM] = {from[0].modes, from[1].modes, from[2].modes};
    double *u = fk_doubles(n_modes(from));
    if (u == NULL)
        return FK_ENOMEM;
    memcpy(u, c, n_modes(from) * sizeof *u);
    fk_status status = FK_OK;
    for (size_t i = 0; status == FK_OK && i < FK_GRID_DIM; i++) {
        const bool moved = from[i].lo < to[i].lo || from[i].lo > to[i].lo ||
                           from[i].length < to[i].length;
        status = moved ? move_axis(&from[i], &to[i], i, size, &u)
                       : pad_axis(&from[i], &to[i], i, size, &u);
    }
    if (status == FK_OK)
        memcpy(out, u, n_modes(to) * sizeof *out);
    free(u);
    return status;
}
