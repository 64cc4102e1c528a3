/* Gaussian mixtures: a component by its weight, then m + L z. */
#include <stdlib.h>

#include "core/memory.h"
#include "sde/cholesky.h"
#include "sde/law_kind.h"

typedef struct mixture_law {
    fk_law law;
    fk_mixture *mixture;
    double *cumulative; /* [components + 1] of the weights */
    double *root;       /* [components][dim][dim] Cholesky factors */
} mixture_law;

static void draw(const fk_law *law, fk_streams *streams, double *const *x)
{
    const mixture_law *self = (const mixture_law *)(const void *)law;
    const fk_mixture *m = self->mixture;
    const size_t d = m->dim;
    _Alignas(FK_ALIGN) double u[FK_BLOCK], z[FK_BLOCK];
    size_t k[FK_BLOCK];
    fk_streams_uniform(streams, u);
    for (size_t j = 0; j < FK_BLOCK; j++) {
        k[j] = fk_law_choose(self->cumulative, m->components, u[j]);
        for (size_t i = 0; i < d; i++)
            x[i][j] = m->mean[k[j] * d + i];
    }
    for (size_t q = 0; q < d; q++) {
        fk_streams_normal(streams, 1, z);
        for (size_t i = q; i < d; i++)
            for (size_t j = 0; j < FK_BLOCK; j++)
                x[i][j] += self->root[(k[j] * d + i) * d + q] * z[j];
    }
}

static fk_status project(const fk_law *law, const fk_grid *g, double *p,
                         double *outside)
{
    return fk_mixture_project(law->mixture, g, p, outside);
}

static fk_status moments(const fk_law *law, double *mean, double *cov)
{
    fk_mixture_moments(law->mixture, mean, cov);
    return FK_OK;
}

static void release(fk_law *law)
{
    mixture_law *self = (mixture_law *)(void *)law;
    fk_mixture_free(self->mixture);
    free(self->cumulative);
    free(self->root);
    free(self);
}

static fk_status fill(mixture_law *self, const fk_mixture *m)
{
    const size_t n = m->components, d = m->dim;
    self->cumulative = fk_doubles(n + 1);
    self->root = fk_doubles(n * d * d);
    if (self->cumulative == NULL || self->root == NULL)
        return FK_ENOMEM;
    FK_TRY(fk_mixture_copy(m, &self->mixture));
    self->law.mixture = self->mixture;
    double total = 0.0, sum = 0.0;
    for (size_t k = 0; k < n; k++)
        total += m->weight[k];
    for (size_t k = 0; k < n; k++) {
        self->cumulative[k] = sum / total;
        sum += m->weight[k];
        (void)fk_cholesky(d, m->cov + k * d * d, self->root + k * d * d);
    }
    self->cumulative[n] = 1.0;
    return FK_OK;
}

fk_status fk_law_mixture_new(const fk_mixture *m, fk_law **out)
{
    *out = NULL;
    mixture_law *self = calloc(1, sizeof *self);
    if (self == NULL)
        return FK_ENOMEM;
    self->law = (fk_law){.dim = m->dim,
                         .stated_mass = 1.0,
                         .draw = draw,
                         .project = project,
                         .moments = moments,
                         .free = release};
    const fk_status status = fill(self, m);
    if (status == FK_OK)
        *out = &self->law;
    else
        release(&self->law);
    return status;
}
