#include "sampling/stable.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sampling/rows.h"

/* S as an expression of two symbols, so that its functions run as vector code. */
static fk_status write_increment(const fk_sde *s, const fk_stable *noise,
                                 const fk_expr *const normal[2], const fk_expr **out)
{
    static const char general[] = "sin(a*(v + b))/(c*cos(v))^(1/a)"
                                  "*(max(cos(v - a*(v + b)), 1e-300)/w)^((1 - a)/a)";
    fk_expr_pool *pool = s->pool;
    const double a = noise->alpha;
    const double b = a == 1.0 ? 0.0 : atan(noise->beta * tan(0.5 * M_PI * a)) / a;
    const fk_expr_name pair[] = {{"x", normal[0]}, {"y", normal[1]}};
    const fk_expr *v, *w;
    fk_expr_error error;
    FK_TRY(fk_expr_parse(pool, "atan2(x, y)/2", pair, 2, &v, &error));
    FK_TRY(fk_expr_parse(pool, "(x^2 + y^2)/2", pair, 2, &w, &error));
    const fk_expr_name name[] = {{"a", fk_expr_number(pool, a)},
                                 {"b", fk_expr_number(pool, b)},
                                 {"c", fk_expr_number(pool, cos(a * b))},
                                 {"v", v},
                                 {"w", w}};
    return fk_expr_parse(pool, a == 1.0 ? "tan(v)" : general, name, 5, out, &error);
}

static fk_status compile_increment(const fk_sde *s, const fk_stable *noise,
                                   fk_program **out)
{
    const fk_expr *const normal[2] = {fk_expr_symbol(s->pool, "x"),
                                      fk_expr_symbol(s->pool, "y")};
    const fk_binding binding = {.dim = 2, .variable = normal};
    const fk_expr *e;
    FK_TRY(write_increment(s, noise, normal, &e));
    return fk_program_new(1, &e, &binding, out);
}

static fk_status compile(fk_stable_noise *w)
{
    const fk_sde *s = w->sde;
    const fk_expr **scale = calloc(s->n_stables * s->dim, sizeof *scale);
    w->increment = calloc(s->n_stables, sizeof *w->increment);
    fk_status status = scale == NULL || w->increment == NULL ? FK_ENOMEM : FK_OK;
    for (size_t k = 0; k < s->n_stables && status == FK_OK; k++) {
        memcpy(scale + k * s->dim, s->stable[k].scale, s->dim * sizeof *scale);
        status = compile_increment(s, &s->stable[k], &w->increment[k]);
    }
    if (status == FK_OK)
        status = fk_entries_new(s, s->n_stables * s->dim, scale, &w->scale);
    free(scale);
    return status;
}

fk_status fk_stable_noise_init(fk_stable_noise *w, const fk_sde *sde)
{
    *w = (fk_stable_noise){.sde = sde};
    const fk_status status = compile(w);
    if (status != FK_OK)
        fk_stable_noise_clear(w);
    return status;
}

void fk_stable_noise_clear(fk_stable_noise *w)
{
    for (size_t k = 0; w->increment != NULL && k < w->sde->n_stables; k++)
        fk_program_free(w->increment[k]);
    free(w->increment);
    fk_entries_clear(&w->scale);
    *w = (fk_stable_noise){0};
}

size_t fk_stable_noise_scratch(const fk_stable_noise *w)
{
    size_t most = fk_entries_scratch(&w->scale);
    for (size_t k = 0; k < w->sde->n_stables; k++) {
        const size_t own = FK_BLOCK + fk_program_scratch(w->increment[k]);
        most = own > most ? own : most;
    }
    return most;
}

size_t fk_stable_noise_draws(const fk_stable_noise *w)
{
    return 2 * w->sde->n_stables;
}

void fk_stable_noise_shape(const fk_stable_noise *w, double *z, double *scratch)
{
    double *S = scratch;
    for (size_t k = 0; k < w->sde->n_stables; k++, z += 2 * FK_BLOCK) {
        const double *const normal[2] = {z, z + FK_BLOCK};
        fk_program_run(w->increment[k], 0.0, normal, &S, scratch + FK_BLOCK);
        memcpy(z, S, FK_BLOCK * sizeof *z);
    }
}

void fk_stable_noise_join(const fk_stable_noise *w, const double *first,
                          const double *second, double *z)
{
    for (size_t k = 0; k < w->sde->n_stables; k++) {
        const double share = pow(2.0, -1.0 / w->sde->stable[k].alpha);
        for (size_t j = 2 * k * FK_BLOCK; j < (2 * k + 1) * FK_BLOCK; j++)
            z[j] = (first[j] + second[j]) * share;
    }
}

void fk_stable_noise_step(const fk_stable_noise *w, double t, double h, const double *z,
                          double *const *x, double *scratch)
{
    const size_t d = w->sde->dim;
    double *const *rows =
        fk_entries_eval(&w->scale, t, (const double *const *)x, scratch);
    for (size_t k = 0; k < w->sde->n_stables; k++) {
        const double size = pow(h, 1.0 / w->sde->stable[k].alpha);
        for (size_t i = 0; i < d; i++)
            fk_entry_add_product(&w->scale.entry[k * d + i], rows, size,
                                 z + 2 * k * FK_BLOCK, x[i]);
    }
}
