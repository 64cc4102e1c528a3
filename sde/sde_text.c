#include "sde/sde_text.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE = 4096 };

/* The next piece of a list, copied without blanks before it. */
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

/* What is parsed and what it may name; owns the names and the arrays. */
typedef struct reader {
    fk_expr_pool *pool;
    fk_message *message;
    size_t n;           /* symbols: variables, parameters, then t */
    char **word;        /* [n] */
    fk_expr_name *name; /* [n] */
    const fk_expr **symbol, **drift, **noise;
} reader;

static void reader_end(reader *r)
{
    for (size_t i = 0; r->word != NULL && i < r->n; i++)
        free(r->word[i]);
    free(r->word);
    free(r->name);
    free(r->symbol);
    free(r->drift);
    free(r->noise);
}

static fk_status reader_begin(reader *r, fk_expr_pool *pool, size_t n, size_t drifts,
                              size_t noises, fk_message *message)
{
    *r = (reader){.pool = pool, .message = message, .n = n};
    r->word = calloc(n, sizeof *r->word);
    r->name = calloc(n, sizeof *r->name);
    r->symbol = calloc(n, sizeof *r->symbol);
    r->drift = calloc(drifts + 1, sizeof *r->drift);
    r->noise = calloc(noises + 1, sizeof *r->noise);
    return r->word != NULL && r->name != NULL && r->symbol != NULL &&
                   r->drift != NULL && r->noise != NULL
               ? FK_OK
               : FK_ENOMEM;
}

static fk_status take_name(reader *r, size_t i, const char *word)
{
    r->word[i] = strdup(word);
    if (r->word[i] == NULL)
        return FK_ENOMEM;
    r->name[i] = (fk_expr_name){r->word[i], NULL};
    r->symbol[i] = fk_expr_symbol(r->pool, r->word[i]);
    return FK_OK;
}

static fk_status take_names(reader *r, const fk_sde_text *text)
{
    char piece[PIECE];
    const char *list = text->variables;
    for (size_t i = 0; i < text->dim; i++) {
        FK_TRY(next_piece(&list, piece, r->message));
        FK_TRY(take_name(r, i, piece));
    }
    for (size_t i = 0; i < text->n_parameters; i++)
        FK_TRY(take_name(r, text->dim + i, text->parameter[i]));
    return take_name(r, r->n - 1, "t");
}

static fk_status parse(const reader *r, const char *piece, const fk_expr **out)
{
    fk_expr_error error;
    const fk_status status = fk_expr_parse(r->pool, piece, r->name, r->n, out, &error);
    return status == FK_OK ? FK_OK
                           : fk_fail(r->message, status, "'%s': %s", piece, error.text);
}

static fk_status parse_list(const reader *r, const char *list, size_t n,
                            const fk_expr **out)
{
    char piece[PIECE];
    for (size_t i = 0; i < n; i++) {
        FK_TRY(next_piece(&list, piece, r->message));
        FK_TRY(parse(r, piece, &out[i]));
    }
    list += strspn(list, " ");
    return *list == '\0' || n == 0
               ? FK_OK
               : fk_fail(r->message, FK_ESYNTAX, "'%s' is one too many", list);
}

static fk_status read_sde(reader *r, const fk_sde_text *text, fk_sde **out)
{
    FK_TRY(take_names(r, text));
    FK_TRY(parse_list(r, text->drift, text->dim, r->drift));
    FK_TRY(parse_list(r, text->noise, text->dim * text->noises, r->noise));
    return fk_sde_new(&(fk_sde_parts){.pool = r->pool,
                                      .dim = text->dim,
                                      .noises = text->noises,
                                      .interpretation = text->interpretation,
                                      .variable = r->symbol,
                                      .n_parameters = text->n_parameters,
                                      .parameter = r->symbol + text->dim,
                                      .value = text->value,
                                      .time = r->symbol[r->n - 1],
                                      .drift = r->drift,
                                      .noise = r->noise},
                      out);
}

fk_status fk_sde_parse(fk_expr_pool *pool, const fk_sde_text *text, fk_sde **out,
                       fk_message *message)
{
    reader r;
    *out = NULL;
    fk_status status = reader_begin(&r, pool, text->dim + text->n_parameters + 1,
                                    text->dim, text->dim * text->noises, message);
    if (status == FK_OK)
        status = read_sde(&r, text, out);
    reader_end(&r);
    return status;
}

/* The names that an SDE has, printed. */
static fk_status take_symbols(reader *r, const fk_sde *s)
{
    for (size_t i = 0; i + 1 < r->n; i++) {
        char *word = fk_expr_print(
            i < s->dim ? s->variable[i] : s->parameter[i - s->dim], FK_EXPR_TEXT);
        const fk_status status = word != NULL ? take_name(r, i, word) : FK_ENOMEM;
        free(word);
        FK_TRY(status);
    }
    return take_name(r, r->n - 1, "t");
}

fk_status fk_sde_expression(const fk_sde *s, const char *text, const fk_expr **out,
                            fk_message *message)
{
    reader r;
    fk_status status =
        reader_begin(&r, s->pool, s->dim + s->n_parameters + 1, 0, 0, message);
    if (status == FK_OK)
        status = take_symbols(&r, s);
    if (status == FK_OK)
        status = parse(&r, text, out);
    reader_end(&r);
    return status;
}
