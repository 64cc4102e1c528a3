#include "sde/interaction.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

/* ---- what of the law is asked for ---- */

/* Expressions that programs are made of, as far as they may have convolutions in them. */
typedef struct list {
    size_t n;
    const fk_expr **e;
} list;

static void add(list *l, size_t n, const fk_expr *const *e)
{
    memcpy(l->e + l->n, e, n * sizeof *e);
    l->n += n;
}

/* A derivative of a convolution is another convolution. */
static void add_slopes(list *l, const fk_sde *s, size_t n, const fk_expr *const *e)
{
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < s->dim && fk_expr_convolves(e[k]); i++)
            l->e[l->n++] = fk_expr_diff(s->pool, e[k], s->variable[i]);
}

static fk_status find_field(fk_interaction *i, const fk_sde *s, const fk_domain *domain)
{
    const size_t d = s->dim, m = d * s->noises;
    const fk_binding binding = fk_sde_binding(s);
    list l = {0, calloc((3 * d + m + d * d) * (1 + d), sizeof *l.e)};
    if (l.e == NULL)
        return FK_ENOMEM;
    add(&l, d, s->drift);
    add(&l, d, s->ito);
    add(&l, d, s->flux_drift);
    add(&l, m, s->noise);
    add(&l, d * d, s->diffusion);
    add_slopes(&l, s, d, s->ito);
    add_slopes(&l, s, m, s->noise);
    const fk_status status =
        fk_mean_field_new(s->pool, l.n, l.e, &binding, domain, &i->field);
    free(l.e);
    return status;
}

/* ---- convolutions at corners ---- */

static bool at_corners(const fk_mean_field *f)
{
    for (size_t k = 0; k < f->n_maps; k++)
        if (f->map[k].separated == NULL)
            return true;
    return false;
}

/* Kernels of all maps, so that a map and its kernel have one number. */
static fk_status make_maps(fk_interaction *i)
{
    const fk_mean_field *f = i->field;
    const fk_binding binding = fk_sde_binding(&i->view);
    fk_program *kernels = NULL;
    const fk_expr **e = calloc(f->n_maps, sizeof *e);
    if (e == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < f->n_maps; k++)
        e[k] = fk_expr_kernel(f->map[k].node);
    fk_status status = fk_program_new(f->n_maps, e, &binding, &kernels);
    if (status == FK_OK)
        status =
            fk_convolution_new(&f->grid, f->periodic, f->n_maps, kernels, &i->maps);
    fk_program_free(kernels);
    free(e);
    return status;
}

/* ---- making ---- */

fk_status fk_interaction_init(fk_interaction *i, const fk_sde *sde,
                              const fk_domain *domain)
{
    *i = (fk_interaction){.view = *sde};
    if (!fk_sde_interacts(sde))
        return FK_OK;
    FK_TRY(find_field(i, sde, domain));
    i->view.field = i->field;
    i->now = fk_doubles(i->field->n_values);
    i->before = fk_doubles(i->field->n_values);
    if (i->now == NULL || i->before == NULL)
        return FK_ENOMEM;
    return at_corners(i->field) ? make_maps(i) : FK_OK;
}

void fk_interaction_clear(fk_interaction *i)
{
    fk_mean_field_free(i->field);
    fk_convolution_free(i->maps);
    free(i->now);
    free(i->before);
    *i = (fk_interaction){.field = NULL};
}

/* ---- filling in ---- */

void fk_interaction_open(fk_interaction *i, double t)
{
    memcpy(i->before, i->now, i->field->n_values * sizeof *i->now);
    i->earlier = i->time;
    i->time = t;
    fk_mean_field_hold(i->field, t);
}

void fk_interaction_spread(fk_interaction *i, const double *mass)
{
    const fk_mean_field *f = i->field;
    fk_convolution_load(i->maps, mass);
    for (size_t k = 0; k < f->n_maps; k++)
        if (f->map[k].wanted)
            fk_convolution_apply(i->maps, k, f->value + f->map[k].first);
}

void fk_interaction_close(fk_interaction *i)
{
    memcpy(i->now, i->field->value, i->field->n_values * sizeof *i->now);
}

void fk_interaction_line(fk_interaction *i)
{
    fk_mean_field_lead(i->field, i->earlier, i->before, i->time, i->now);
}
