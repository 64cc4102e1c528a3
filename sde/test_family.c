#include "sde/test_family.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "sde/test_functions.h"

const char *const fk_family_name[FK_FAMILIES + 1] = {
    [FK_MONOMIAL_FAMILY] = "monomial", [FK_HERMITE_FAMILY] = "hermite",
    [FK_FOURIER_FAMILY] = "fourier",   [FK_GAUSSIAN_FAMILY] = "gaussian",
    [FK_BUMP_FAMILY] = "bump",
};

/* Widths of what is local, in those of the paths. */
static const double GAUSSIAN = 0.7, BUMP = 1.6;

/* What is being filled. */
typedef struct list {
    const fk_sde *sde;
    const double *centre, *width;
    size_t n, most;
    fk_test_function *out;
} list;

static void add(list *l, const fk_expr *phi, const char *name, ...) FK_PRINTF(3, 4);
static void add(list *l, const fk_expr *phi, const char *name, ...)
{
    if (l->n < l->most) {
        va_list arguments;
        va_start(arguments, name);
        vsnprintf(l->out[l->n].name, sizeof l->out[l->n].name, name, arguments);
        va_end(arguments);
        l->out[l->n].phi = phi;
    }
    l->n++;
}

/* (x_i - centre) / width */
static const fk_expr *scaled(const list *l, size_t i)
{
    fk_expr_pool *pool = l->sde->pool;
    return fk_expr_div(
        pool,
        fk_expr_sub(pool, l->sde->variable[i], fk_expr_number(pool, l->centre[i])),
        fk_expr_number(pool, l->width[i]));
}

/* Highest degree of a variable among so many. */
static unsigned degree(const fk_sde *s)
{
    return s->dim <= 2 ? 3 : 2;
}

/* Functions of one variable, called x. */
static void add_single(list *l, fk_family family, size_t i, const char *x)
{
    fk_expr_pool *pool = l->sde->pool;
    const fk_expr *u = scaled(l, i);
    const unsigned most = degree(l->sde), waves = l->sde->dim == 1 ? 2 : 1;
    const int reach = l->sde->dim == 1 ? 1 : 0; /* places -1, 0, 1 or 0 */
    switch (family) {
    case FK_MONOMIAL_FAMILY:
        for (unsigned k = 1; k <= most; k++)
            add(l, fk_test_monomial(pool, u, k), "%s^%u", x, k);
        break;
    case FK_HERMITE_FAMILY:
        for (unsigned k = 1; k <= most; k++)
            add(l, fk_test_hermite(pool, u, k), "He%u(%s)", k, x);
        break;
    case FK_FOURIER_FAMILY:
        for (unsigned k = 1; k <= waves; k++) {
            const char *twice = k == 2 ? "2" : "";
            add(l, fk_test_cosine(pool, u, k), "cos(%s%s)", twice, x);
            add(l, fk_test_sine(pool, u, k), "sin(%s%s)", twice, x);
        }
        break;
    case FK_GAUSSIAN_FAMILY:
        for (int c = -1; c <= 1; c += l->sde->dim == 1 ? 1 : 2)
            add(l, fk_test_gaussian(pool, u, c, GAUSSIAN), "Gauss(%s at %d)", x, c);
        break;
    case FK_BUMP_FAMILY:
        for (int c = -reach; c <= reach; c++)
            add(l, fk_test_bump(pool, u, c, BUMP), "bump(%s at %d)", x, c);
        break;
    }
}

/* Products of functions of two variables, called x and y. */
static void add_pair(list *l, fk_family family, size_t i, size_t j, const char *x,
                     const char *y)
{
    fk_expr_pool *pool = l->sde->pool;
    const fk_expr *u = scaled(l, i), *v = scaled(l, j);
    switch (family) {
    case FK_MONOMIAL_FAMILY:
        add(l, fk_expr_mul(pool, u, v), "%s %s", x, y);
        break;
    case FK_HERMITE_FAMILY:
        add(l, fk_expr_mul(pool, u, v), "He1(%s) He1(%s)", x, y);
        break;
    case FK_FOURIER_FAMILY:
        add(l,
            fk_expr_mul(pool, fk_test_cosine(pool, u, 1.0),
                        fk_test_cosine(pool, v, 1.0)),
            "cos(%s) cos(%s)", x, y);
        add(l,
            fk_expr_mul(pool, fk_test_sine(pool, u, 1.0), fk_test_sine(pool, v, 1.0)),
            "sin(%s) sin(%s)", x, y);
        break;
    case FK_GAUSSIAN_FAMILY:
        add(l,
            fk_expr_mul(pool, fk_test_gaussian(pool, u, 0.5, GAUSSIAN),
                        fk_test_gaussian(pool, v, 0.5, GAUSSIAN)),
            "Gauss(%s at 0.5) Gauss(%s at 0.5)", x, y);
        break;
    case FK_BUMP_FAMILY:
        add(l,
            fk_expr_mul(pool, fk_test_bump(pool, u, 0.5, BUMP),
                        fk_test_bump(pool, v, 0.5, BUMP)),
            "bump(%s at 0.5) bump(%s at 0.5)", x, y);
        break;
    }
}

size_t fk_family_make(const fk_sde *s, fk_family family, const double *centre,
                      const double *width, size_t most, fk_test_function *out)
{
    list l = {.sde = s, .centre = centre, .width = width, .most = most, .out = out};
    for (size_t i = 0; i < s->dim; i++) {
        char *x = fk_expr_print(s->variable[i], FK_EXPR_DISPLAY);
        add_single(&l, family, i, x != NULL ? x : "?");
        for (size_t j = 0; j < i; j++) {
            char *y = fk_expr_print(s->variable[j], FK_EXPR_DISPLAY);
            add_pair(&l, family, j, i, y != NULL ? y : "?", x != NULL ? x : "?");
            free(y);
        }
        free(x);
    }
    return l.n;
}
