#include "sde/sde.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

const char *fk_interpretation_name(fk_interpretation i)
{
    static const char *const name[] = {
        [FK_ITO] = "ito",
        [FK_STRATONOVICH] = "stratonovich",
        [FK_HANGGI_KLIMONTOVICH] = "hanggi-klimontovich",
        [FK_KINETIC] = "kinetic",
    };
    return name[i];
}

/* ---- what follows from f, G and the interpretation ---- */

const fk_expr *fk_sde_along_noise(const fk_sde *s, size_t k, size_t i, size_t l)
{
    const fk_expr *sum = fk_expr_number(s->pool, 0.0);
    for (size_t j = 0; j < s->dim; j++) {
        const fk_expr *slope =
            fk_expr_diff(s->pool, s->noise[i * s->noises + l], s->variable[j]);
        sum = fk_expr_add(s->pool, sum,
                          fk_expr_mul(s->pool, s->noise[j * s->noises + k], slope));
    }
    return sum;
}

/* sum_k L^k G_ik, the drift that noise at the end of the step adds */
static const fk_expr *noise_drift(const fk_sde *s, size_t i)
{
    const fk_expr *sum = fk_expr_number(s->pool, 0.0);
    for (size_t k = 0; k < s->noises; k++)
        sum = fk_expr_add(s->pool, sum, fk_sde_along_noise(s, k, i, k));
    return sum;
}

bool fk_sde_varies(const fk_sde *s, const fk_expr *e)
{
    for (size_t i = 0; i < s->dim; i++)
        if (fk_expr_depends(e, s->variable[i]))
            return true;
    return false;
}

bool fk_sde_constant(const fk_sde *s, const fk_expr *e)
{
    return !fk_sde_varies(s, e) && !fk_expr_depends(e, s->time) && !fk_expr_uses_law(e);
}

const fk_expr *fk_sde_drift_at(const fk_sde *s, double A, size_t i)
{
    const fk_expr *part =
        fk_expr_mul(s->pool, fk_expr_number(s->pool, A), noise_drift(s, i));
    return fk_expr_sub(s->pool, s->ito[i], part);
}

/* sum_j d_j a_ij */
static const fk_expr *diffusion_drift(const fk_sde *s, size_t i)
{
    const fk_expr *sum = fk_expr_number(s->pool, 0.0);
    for (size_t j = 0; j < s->dim; j++)
        sum = fk_expr_add(
            s->pool, sum,
            fk_expr_diff(s->pool, s->diffusion[i * s->dim + j], s->variable[j]));
    return sum;
}

/* a_ij = 1/2 sum_k G_ik G_jk */
static void set_diffusion(fk_sde *s)
{
    const fk_expr *half = fk_expr_number(s->pool, 0.5);
    for (size_t i = 0; i < s->dim; i++)
        for (size_t j = i; j < s->dim; j++) {
            const fk_expr *sum = fk_expr_number(s->pool, 0.0);
            for (size_t k = 0; k < s->noises; k++)
                sum = fk_expr_add(s->pool, sum,
                                  fk_expr_mul(s->pool, s->noise[i * s->noises + k],
                                              s->noise[j * s->noises + k]));
            sum = fk_expr_mul(s->pool, half, sum);
            s->diffusion[i * s->dim + j] = s->diffusion[j * s->dim + i] = sum;
        }
}

/* What the interpretation adds to f: A sum_jk G_jk d_j G_ik, or sum_j d_j a_ij. */
static const fk_expr *added_drift(const fk_sde *s, size_t i)
{
    switch (s->interpretation) {
    case FK_STRATONOVICH:
        return fk_expr_mul(s->pool, fk_expr_number(s->pool, 0.5), noise_drift(s, i));
    case FK_HANGGI_KLIMONTOVICH:
        return noise_drift(s, i);
    case FK_KINETIC:
        return diffusion_drift(s, i);
    case FK_ITO:
        break;
    }
    return fk_expr_number(s->pool, 0.0);
}

static void derive(fk_sde *s)
{
    set_diffusion(s);
    for (size_t i = 0; i < s->dim; i++)
        s->ito[i] = fk_expr_add(s->pool, s->drift[i], added_drift(s, i));
    for (size_t i = 0; i < s->dim; i++)
        s->flux_drift[i] = fk_expr_sub(s->pool, s->ito[i], diffusion_drift(s, i));
}

/* ---- making ---- */

static const fk_expr **expressions(size_t n, const fk_expr *const *from)
{
    const fk_expr **e = calloc(n + 1, sizeof *e);
    if (e != NULL && from != NULL && n > 0)
        memcpy(e, from, n * sizeof *e);
    return e;
}

/* Those copied so far are the SDE's, which frees them. */
static fk_status copy_jumps(const fk_sde_parts *parts, fk_sde *s)
{
    s->jump = calloc(parts->n_jumps + 1, sizeof *s->jump);
    s->stable = calloc(parts->n_stables + 1, sizeof *s->stable);
    if (s->jump == NULL || s->stable == NULL)
        return FK_ENOMEM;
    for (; s->n_jumps < parts->n_jumps; s->n_jumps++)
        FK_TRY(fk_jump_copy(s->dim, &parts->jump[s->n_jumps], &s->jump[s->n_jumps]));
    for (; s->n_stables < parts->n_stables; s->n_stables++)
        FK_TRY(fk_stable_copy(s->dim, &parts->stable[s->n_stables],
                              &s->stable[s->n_stables]));
    return FK_OK;
}

fk_status fk_sde_new(const fk_sde_parts *parts, fk_sde **out)
{
    const size_t d = parts->dim, m = parts->noises;
    *out = NULL;
    fk_sde *s = calloc(1, sizeof *s);
    if (s == NULL)
        return FK_ENOMEM;
    s->dim = d;
    s->noises = m;
    s->interpretation = parts->interpretation;
    s->pool = parts->pool;
    s->time = parts->time;
    s->killing = parts->killing;
    s->n_parameters = parts->n_parameters;
    s->variable = expressions(d, parts->variable);
    s->parameter = expressions(parts->n_parameters, parts->parameter);
    s->value = calloc(parts->n_parameters + 1, sizeof *s->value);
    s->drift = expressions(d, parts->drift);
    s->noise = expressions(d * m, parts->noise);
    s->ito = expressions(d, NULL);
    s->diffusion = expressions(d * d, NULL);
    s->flux_drift = expressions(d, NULL);
    if (s->variable == NULL || s->parameter == NULL || s->value == NULL ||
        s->drift == NULL || s->noise == NULL || s->ito == NULL ||
        s->diffusion == NULL || s->flux_drift == NULL ||
        copy_jumps(parts, s) != FK_OK) {
        fk_sde_free(s);
        return FK_ENOMEM;
    }
    if (parts->n_parameters > 0)
        memcpy(s->value, parts->value, parts->n_parameters * sizeof *s->value);
    derive(s);
    if (fk_expr_pool_exhausted(s->pool)) {
        fk_sde_free(s);
        return FK_ENOMEM;
    }
    *out = s;
    return FK_OK;
}

void fk_sde_free(fk_sde *s)
{
    if (s == NULL)
        return;
    free(s->variable);
    free(s->parameter);
    free(s->value);
    free(s->drift);
    free(s->noise);
    free(s->ito);
    free(s->diffusion);
    free(s->flux_drift);
    for (size_t i = 0; i < s->n_jumps; i++)
        fk_jump_clear(&s->jump[i]);
    for (size_t i = 0; i < s->n_stables; i++)
        fk_stable_clear(&s->stable[i]);
    free(s->jump);
    free(s->stable);
    free(s);
}

/* ---- questions ---- */

fk_binding fk_sde_binding(const fk_sde *s)
{
    return (fk_binding){.dim = s->dim,
                        .variable = s->variable,
                        .time = s->time,
                        .n_parameters = s->n_parameters,
                        .parameter = s->parameter,
                        .value = s->value,
                        .field = s->field};
}

const fk_expr *fk_sde_jump_change(const fk_sde *s, size_t k, size_t i)
{
    const fk_expr *change = fk_expr_sub(s->pool, s->jump[k].to[i], s->variable[i]);
    return fk_expr_expand(s->pool, change);
}

bool fk_sde_interacts(const fk_sde *s)
{
    for (size_t i = 0; i < s->dim; i++)
        if (fk_expr_uses_law(s->drift[i]))
            return true;
    for (size_t e = 0; e < s->dim * s->noises; e++)
        if (fk_expr_uses_law(s->noise[e]))
            return true;
    return false;
}

bool fk_sde_continuous(const fk_sde *s)
{
    return s->n_jumps == 0 && s->n_stables == 0;
}

static bool is_zero(const fk_expr *e)
{
    double value;
    return fk_expr_is_number(e, &value) && value == 0.0;
}

fk_status fk_sde_flux_program(const fk_sde *s, fk_program **out)
{
    const size_t d = s->dim;
    const fk_binding binding = fk_sde_binding(s);
    const fk_expr **e = fk_alloc(d + d * d, sizeof *e);
    *out = NULL;
    if (e == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < d; i++)
        e[i] = s->flux_drift[i];
    for (size_t i = 0; i < d * d; i++)
        e[d + i] = s->diffusion[i];
    const fk_status status = fk_program_new(d + d * d, e, &binding, out);
    free(e);
    return status;
}

bool fk_sde_diagonal(const fk_sde *s)
{
    for (size_t i = 0; i < s->dim; i++)
        for (size_t j = 0; j < s->dim; j++)
            if (i != j && !is_zero(s->diffusion[i * s->dim + j]))
                return false;
    return true;
}

bool fk_sde_commutes(const fk_sde *s)
{
    for (size_t i = 0; i < s->dim; i++)
        for (size_t k = 0; k < s->noises; k++)
            for (size_t l = k + 1; l < s->noises; l++) {
                const fk_expr *difference =
                    fk_expr_sub(s->pool, fk_sde_along_noise(s, k, i, l),
                                fk_sde_along_noise(s, l, i, k));
                if (!is_zero(fk_expr_expand(s->pool, difference)))
                    return false;
            }
    return true;
}

bool fk_sde_autonomous(const fk_sde *s)
{
    if (fk_sde_interacts(s))
        return false;
    for (size_t i = 0; i < s->dim; i++) {
        if (fk_expr_depends(s->flux_drift[i], s->time))
            return false;
        for (size_t j = 0; j < s->dim; j++)
            if (fk_expr_depends(s->diffusion[i * s->dim + j], s->time))
                return false;
    }
    return true;
}

bool fk_sde_endpoint_ambiguous(const fk_sde *s)
{
    for (size_t i = 0; i < s->dim && s->dim > 1; i++) {
        const fk_expr *difference =
            fk_expr_sub(s->pool, noise_drift(s, i), diffusion_drift(s, i));
        if (!is_zero(fk_expr_expand(s->pool, difference)))
            return true;
    }
    return false;
}
