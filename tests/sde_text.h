/* SDEs written as text, for tests and benchmarks:  sde_text(FK_ITO, 1, 1, "x", "-x",
 * "sqrt(2)").  Lists are separated by semicolons; noise is [dim][noises], row by row. */
#ifndef FK_TESTS_SDE_TEXT_H
#define FK_TESTS_SDE_TEXT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/expr.h"
#include "sde/sde.h"

enum { SDE_TEXT_MOST = 128, SDE_TEXT_LONG = 4096 };

static inline void sde_text_fail(const char *what, const char *text)
{
    fprintf(stderr, "sde_text: %s: %s\n", what, text);
    abort();
}

/* Next piece of a list, copied; the end of the list is an error. */
static inline void sde_text_piece(const char **list, char *piece, size_t size)
{
    const size_t n = strcspn(*list, ";");
    if (n == 0 || n >= size)
        sde_text_fail("bad list", *list);
    memcpy(piece, *list, n);
    piece[n] = '\0';
    *list += n + ((*list)[n] == ';');
    *list += strspn(*list, " ");
}

static inline void sde_text_parse(fk_expr_pool *pool, const char *list, size_t n,
                                  const fk_expr_name *name, size_t n_names,
                                  const fk_expr **out)
{
    for (size_t i = 0; i < n; i++) {
        char piece[SDE_TEXT_LONG];
        fk_expr_error error;
        sde_text_piece(&list, piece, sizeof piece);
        if (fk_expr_parse(pool, piece, name, n_names, &out[i], &error) != FK_OK)
            sde_text_fail(error.text, piece);
    }
}

/* Aborts on any mistake.  End with sde_text_free, which frees the pool too. */
static inline fk_sde *sde_text(fk_interpretation interpretation, size_t dim,
                               size_t noises, const char *variables, const char *drift,
                               const char *noise)
{
    const fk_expr *variable[SDE_TEXT_MOST], *f[SDE_TEXT_MOST];
    const fk_expr **g = calloc(dim * noises + 1, sizeof *g);
    char text[SDE_TEXT_MOST][32];
    fk_expr_name name[SDE_TEXT_MOST];
    fk_expr_pool *pool;
    if (g == NULL || fk_expr_pool_new(&pool) != FK_OK || dim >= SDE_TEXT_MOST)
        sde_text_fail("no pool, or too large", variables);
    for (size_t i = 0; i < dim; i++) {
        sde_text_piece(&variables, text[i], sizeof text[i]);
        variable[i] = fk_expr_symbol(pool, text[i]);
        name[i] = (fk_expr_name){text[i], NULL};
    }
    name[dim] = (fk_expr_name){"t", NULL};
    sde_text_parse(pool, drift, dim, name, dim + 1, f);
    sde_text_parse(pool, noise, dim * noises, name, dim + 1, g);

    const fk_sde_parts parts = {.pool = pool,
                                .dim = dim,
                                .noises = noises,
                                .interpretation = interpretation,
                                .variable = variable,
                                .time = fk_expr_symbol(pool, "t"),
                                .drift = f,
                                .noise = g};
    fk_sde *sde;
    if (fk_sde_new(&parts, &sde) != FK_OK)
        sde_text_fail("not an SDE", drift);
    free(g);
    return sde;
}

static inline void sde_text_free(fk_sde *sde)
{
    fk_expr_pool *pool = sde->pool;
    fk_sde_free(sde);
    fk_expr_pool_free(pool);
}

#endif
