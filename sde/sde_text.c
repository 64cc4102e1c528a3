#include "sde/sde_text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 1024, NAMES = FK_SDE_TEXT_MOST + 65 };

/* The next piece of a list, copied without blanks around it. */
static fk_status next_piece(const char **list, char piece[PIECE], fk_message *message)
{
    *list += strspn(*list, " ");
    const size_t n = strcspn(*list, ";");
    if (n == 0 || n >= PIECE)
        return fk_fail(message, FK_ESYNTAX, "a piece is missing or too long at '%.40s'",
                       *list);
    memcpy(piece, *list, n);
    piece[n] = '\0';
    *list += n + ((*list)[n] == ';');
    return FK_OK;
}

static fk_status parse(fk_expr_pool *pool, const char *piece, size_t n_names,
                       const fk_expr_name *name, const fk_expr **out,
                       fk_message *message)
{
    fk_expr_error error;
    const fk_status status = fk_expr_parse(pool, piece, name, n_names, out, &error);
    return status == FK_OK ? FK_OK
                           : fk_fail(message, status, "'%s': %s", piece, error.text);
}

static fk_status parse_list(fk_expr_pool *pool, const char *list, size_t n,
                            size_t n_names, const fk_expr_name *name,
                            const fk_expr **out, fk_message *message)
{
    char piece[PIECE];
    for (size_t i = 0; i < n; i++) {
        FK_TRY(next_piece(&list, piece, message));
        FK_TRY(parse(pool, piece, n_names, name, &out[i], message));
    }
    return *list == '\0' ? FK_OK
                         : fk_fail(message, FK_ESYNTAX, "'%s' is one too many", list);
}

fk_status fk_sde_parse(fk_expr_pool *pool, const fk_sde_text *text, fk_sde **out,
                       fk_message *message)
{
    const size_t dim = text->dim, n_names = dim + 1 + text->n_define;
    const fk_expr *variable[FK_SDE_TEXT_MOST], *drift[FK_SDE_TEXT_MOST];
    const fk_expr *noise[FK_SDE_TEXT_MOST];
    char piece[FK_SDE_TEXT_MOST][PIECE];
    fk_expr_name name[NAMES];
    const char *list = text->variables;
    assert(dim <= FK_SDE_TEXT_MOST && dim * text->noises <= FK_SDE_TEXT_MOST);
    assert(n_names <= NAMES);
    *out = NULL;
    for (size_t i = 0; i < dim; i++) {
        FK_TRY(next_piece(&list, piece[i], message));
        variable[i] = fk_expr_symbol(pool, piece[i]);
        name[i] = (fk_expr_name){piece[i], NULL};
    }
    name[dim] = (fk_expr_name){"t", NULL};
    for (size_t i = 0; i < text->n_define; i++)
        name[dim + 1 + i] = text->define[i];
    FK_TRY(parse_list(pool, text->drift, dim, n_names, name, drift, message));
    FK_TRY(parse_list(pool, text->noise, dim * text->noises, n_names, name, noise,
                      message));
    const fk_sde_parts parts = {.pool = pool,
                                .dim = dim,
                                .noises = text->noises,
                                .interpretation = text->interpretation,
                                .variable = variable,
                                .time = fk_expr_symbol(pool, "t"),
                                .drift = drift,
                                .noise = noise};
    return fk_sde_new(&parts, out);
}

fk_status fk_sde_expression(const fk_sde *s, const char *text, size_t n_define,
                            const fk_expr_name *define, const fk_expr **out,
                            fk_message *message)
{
    const size_t n_names = s->dim + 1 + n_define;
    char *printed[FK_SDE_TEXT_MOST];
    fk_expr_name name[NAMES];
    fk_status status = FK_OK;
    assert(s->dim <= FK_SDE_TEXT_MOST && n_names <= NAMES);
    for (size_t i = 0; i < s->dim; i++) {
        printed[i] = fk_expr_print(s->variable[i], FK_EXPR_TEXT);
        name[i] = (fk_expr_name){printed[i], NULL};
        if (printed[i] == NULL)
            status = FK_ENOMEM;
    }
    name[s->dim] = (fk_expr_name){"t", NULL};
    for (size_t i = 0; i < n_define; i++)
        name[s->dim + 1 + i] = define[i];
    if (status == FK_OK)
        status = parse(s->pool, text, n_names, name, out, message);
    for (size_t i = 0; i < s->dim; i++)
        free(printed[i]);
    return status;
}
