/* From the Fokker-Planck equation of p_k, with a independent of x,
 *
 *     d_t log p_k = -div f - f s_k + s_k a s_k + div (a s_k),
 *
 * weighted and summed for log q = sum_k w_k log p_k - log Z and inserted, with r = T - t and
 * b = -f + (1 + lambda^2) a S, into  d_r q = -div (b q) + lambda^2 div (a grad q) + (psi - c) q:
 * the terms with div S cancel, and so does lambda, what is left is
 *
 *     psi = S a S - sum_k w_k s_k a s_k + (sum_k w_k - 1) div f. */
#include "sampling/weight_rate.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sampling/noise_table.h"
#include "sampling/rows.h"

static fk_status divergence_new(const fk_sde *sde, fk_program **out)
{
    const fk_binding binding = fk_sde_binding(sde);
    const fk_expr *sum = fk_expr_number(sde->pool, 0.0);
    for (size_t i = 0; i < sde->dim; i++)
        sum = fk_expr_add(sde->pool, sum,
                          fk_expr_diff(sde->pool, sde->ito[i], sde->variable[i]));
    return fk_expr_pool_exhausted(sde->pool) ? FK_ENOMEM
                                             : fk_program_new(1, &sum, &binding, out);
}

static fk_status noise_new(const fk_sde *sde, const fk_score *score, double **a)
{
    const size_t n = score->n_times;
    *a = fk_doubles(n * sde->dim * sde->dim);
    double *g = fk_doubles(n * sde->dim * sde->noises);
    fk_status status = *a == NULL || g == NULL ? FK_ENOMEM : FK_OK;
    if (status == FK_OK)
        status = fk_noise_table(sde, n, score->time, g, *a);
    free(g);
    return status;
}

fk_status fk_weight_rate_new(const fk_sde *sde, const fk_composition *c,
                             fk_weight_rate *out, fk_message *message)
{
    *out = (fk_weight_rate){.composition = c, .dim = sde->dim, .excess = -1.0};
    FK_TRY(fk_noise_table_check(sde, message));
    for (size_t k = 0; k < c->n; k++)
        out->excess += c->weight[k];
    fk_status status = noise_new(sde, c->score[0], &out->a);
    if (status == FK_OK)
        status = divergence_new(sde, &out->divergence);
    if (status != FK_OK)
        fk_weight_rate_clear(out);
    return status;
}

void fk_weight_rate_clear(fk_weight_rate *r)
{
    free(r->a);
    fk_program_free(r->divergence);
    *r = (fk_weight_rate){0};
}

/* Two vectors, S and s_k, and what the parts need. */
size_t fk_weight_rate_scratch(const fk_weight_rate *r)
{
    size_t most = fk_program_scratch(r->divergence);
    for (size_t k = 0; k < r->composition->n; k++)
        if (r->composition->score[k]->scratch > most)
            most = r->composition->score[k]->scratch;
    return 2 * fk_state_scratch(r->dim) + FK_BLOCK + fk_padded(most);
}

/* psi += factor u a u */
static void add_form(size_t d, const double *a, double factor, double *const *u,
                     double *psi)
{
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++) {
            const double c = factor * a[i * d + j];
            if (c < 0.0 || c > 0.0)
                for (size_t l = 0; l < FK_BLOCK; l++)
                    psi[l] += c * u[i][l] * u[j][l];
        }
}

void fk_weight_rate_eval(const fk_weight_rate *r, size_t k, const double *const *x,
                         double *psi, double *scratch)
{
    const fk_composition *c = r->composition;
    const size_t d = r->dim;
    const double *a = r->a + k * d * d;
    double *const *S = fk_state_carve(d, &scratch);
    double *const *s = fk_state_carve(d, &scratch);
    double *const div = scratch;
    fk_program_run(r->divergence, c->score[0]->time[k], x, &(double *){div},
                   scratch + FK_BLOCK);
    for (size_t l = 0; l < FK_BLOCK; l++)
        psi[l] = r->excess * div[l];
    memset(S[0], 0, d * FK_BLOCK * sizeof *S[0]);
    for (size_t q = 0; q < c->n; q++) {
        c->score[q]->eval(c->score[q], k, x, s, scratch + FK_BLOCK);
        add_form(d, a, -c->weight[q], s, psi);
        for (size_t i = 0; i < d * FK_BLOCK; i++)
            S[0][i] += c->weight[q] * s[0][i];
    }
    add_form(d, a, 1.0, S, psi);
}
