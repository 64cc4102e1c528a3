/* Two independent laws side by side: the first variables by one, the last by a mixture. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sde/law_kind.h"

typedef struct product_law {
    fk_law law;
    fk_law *first, *second; /* owned */
} product_law;

static void draw(const fk_law *law, fk_streams *streams, double *const *x)
{
    const product_law *self = (const product_law *)(const void *)law;
    self->first->draw(self->first, streams, x);
    self->second->draw(self->second, streams, x + self->first->dim);
}

/* p(x, y) = p_1(x) p_2(y); the axes of x come first and are the fastest. */
static fk_status project(const fk_law *law, const fk_grid *g, double *p,
                         double *outside)
{
    const product_law *self = (const product_law *)(const void *)law;
    const size_t d1 = self->first->dim, d2 = self->second->dim;
    assert(d1 + d2 == g->dim);
    const fk_grid g1 = fk_grid_make(d1, g->axis), g2 = fk_grid_make(d2, g->axis + d1);
    const size_t n1 = fk_grid_cells(&g1), n2 = fk_grid_cells(&g2);
    double *p1 = fk_doubles(n1 + n2), *p2 = p1 + n1, beyond1, beyond2;
    if (p1 == NULL)
        return FK_ENOMEM;
    fk_status status = self->first->project(self->first, &g1, p1, &beyond1);
    if (status == FK_OK)
        status = self->second->project(self->second, &g2, p2, &beyond2);
    if (status == FK_OK) {
        for (size_t c = 0; c < n1 * n2; c++)
            p[c] = p1[c % n1] * p2[c / n1];
        *outside = beyond1 + beyond2 - beyond1 * beyond2;
    }
    free(p1);
    return status;
}

/* part[n][n] into cov[d][d], from row and column `at` on */
static void place(size_t n, const double *part, size_t d, size_t at, double *cov)
{
    for (size_t i = 0; i < n; i++)
        memcpy(cov + (at + i) * d + at, part + i * n, n * sizeof *cov);
}

static fk_status moments(const fk_law *law, double *mean, double *cov)
{
    const product_law *self = (const product_law *)(const void *)law;
    const size_t d1 = self->first->dim, d2 = self->second->dim, d = law->dim;
    double *part = fk_doubles(d1 * d1 + d2 * d2);
    if (part == NULL)
        return FK_ENOMEM;
    fk_status status = fk_law_moments(self->first, mean, part);
    if (status == FK_OK)
        status = fk_law_moments(self->second, mean + d1, part + d1 * d1);
    memset(cov, 0, d * d * sizeof *cov);
    place(d1, part, d, 0, cov);
    place(d2, part + d1 * d1, d, d1, cov);
    free(part);
    return status;
}

static void release(fk_law *law)
{
    product_law *self = (product_law *)(void *)law;
    fk_law_free(self->first);
    fk_law_free(self->second);
    free(self);
}

/* Component k of the product: the blocks of both on the diagonal of its covariance. */
static void fill_component(const fk_mixture *a, size_t i, const fk_mixture *b, size_t j,
                           fk_mixture *m, size_t k)
{
    const size_t d1 = a->dim, d2 = b->dim, d = m->dim;
    m->weight[k] = a->weight[i] * b->weight[j];
    memcpy(m->mean + k * d, a->mean + i * d1, d1 * sizeof *m->mean);
    memcpy(m->mean + k * d + d1, b->mean + j * d2, d2 * sizeof *m->mean);
    double *cov = m->cov + k * d * d;
    place(d1, a->cov + i * d1 * d1, d, 0, cov);
    place(d2, b->cov + j * d2 * d2, d, d1, cov);
}

static fk_status mixture_product(const fk_mixture *a, const fk_mixture *b, fk_law **out)
{
    fk_mixture *m;
    FK_TRY(fk_mixture_new(a->dim + b->dim, a->components * b->components, &m));
    for (size_t i = 0; i < a->components; i++)
        for (size_t j = 0; j < b->components; j++)
            fill_component(a, i, b, j, m, i * b->components + j);
    const fk_status status = fk_law_mixture_new(m, out);
    fk_mixture_free(m);
    return status;
}

fk_status fk_law_product_new(fk_law *first, const fk_mixture *second, fk_law **out)
{
    *out = NULL;
    if (first->mixture != NULL) {
        const fk_status status = mixture_product(first->mixture, second, out);
        fk_law_free(first);
        return status;
    }
    product_law *self = calloc(1, sizeof *self);
    if (self == NULL) {
        fk_law_free(first);
        return FK_ENOMEM;
    }
    self->law = (fk_law){.dim = first->dim + second->dim,
                         .stated_mass = first->stated_mass,
                         .draw = draw,
                         .project = project,
                         .moments = moments,
                         .free = release};
    self->first = first;
    const fk_status status = fk_law_mixture_new(second, &self->second);
    if (status == FK_OK)
        *out = &self->law;
    else
        release(&self->law);
    return status;
}
