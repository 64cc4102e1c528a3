/* Log-densities of Gaussian mixtures at lists of points. */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sde/mixture.h"

typedef struct bench {
    double *work, *log_p, *scratch;
    double **x, **score; /* [dim] rows */
} bench;

static fk_status prepare(size_t d, const fk_mixture_score *s, bench *b)
{
    b->work = fk_doubles((2 * d + 1) * FK_BLOCK + fk_mixture_score_scratch(s));
    b->x = fk_alloc(2 * d, sizeof *b->x);
    if (b->work == NULL || b->x == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < 2 * d; i++)
        b->x[i] = b->work + i * FK_BLOCK;
    b->score = b->x + d;
    b->log_p = b->work + 2 * d * FK_BLOCK;
    b->scratch = b->log_p + FK_BLOCK;
    return FK_OK;
}

fk_status fk_mixture_log_density(const fk_mixture *m, size_t n, const double *x,
                                 double *log_p)
{
    const size_t d = m->dim;
    fk_mixture_score *s = NULL;
    bench b = {NULL};
    FK_TRY(fk_mixture_score_new(m, &s));
    const fk_status status = prepare(d, s, &b);
    for (size_t first = 0; status == FK_OK && first < n; first += FK_BLOCK) {
        const size_t lanes = n - first < FK_BLOCK ? n - first : FK_BLOCK;
        for (size_t j = 0; j < lanes; j++)
            for (size_t i = 0; i < d; i++)
                b.x[i][j] = x[(first + j) * d + i];
        fk_mixture_score_eval(s, (const double *const *)b.x, b.score, b.log_p,
                              b.scratch);
        memcpy(log_p + first, b.log_p, lanes * sizeof *log_p);
    }
    free(b.work);
    free(b.x);
    fk_mixture_score_free(s);
    return status;
}
