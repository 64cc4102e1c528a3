#include "experiments/problem_expression.h"

#include <stdlib.h>

enum { NAMES = 256 };

static fk_status add_names(const fk_sde *s, fk_expr_name *name, char **text, size_t *n)
{
    const size_t most = s->dim + s->n_parameters;
    for (size_t i = 0; i < most && *n + 1 < NAMES; i++) {
        const fk_expr *symbol = i < s->dim ? s->variable[i] : s->parameter[i - s->dim];
        text[*n] = fk_expr_print(symbol, FK_EXPR_TEXT);
        if (text[*n] == NULL)
            return FK_ENOMEM;
        name[*n] = (fk_expr_name){text[*n], NULL};
        ++*n;
    }
    name[*n] = (fk_expr_name){"t", NULL};
    return FK_OK;
}

fk_status fk_problem_expression(const fk_problem *p, const char *text,
                                const fk_expr **out, fk_message *message)
{
    fk_expr_name name[NAMES];
    char *word[NAMES];
    size_t n = 0;
    fk_expr_error error;
    fk_status status = add_names(p->sde, name, word, &n);
    if (status == FK_OK)
        status = fk_expr_parse(p->pool, text, name, n + 1, out, &error);
    if (status == FK_ESYNTAX)
        fk_fail(message, status, "the expression '%.200s': %s (character %zu)", text,
                error.text, error.offset + 1);
    for (size_t i = 0; i < n; i++)
        free(word[i]);
    return status;
}
