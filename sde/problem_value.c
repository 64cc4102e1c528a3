/* Single values of a problem file: words, numbers, expressions, vectors, names. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/spelling.h"
#include "sde/problem_reader.h"

fk_status fk_read_map(const fk_problem_reader *r, const fk_yaml *node)
{
    return node->kind == FK_YAML_MAP ? FK_OK : fk_read_refuse(r, node);
}

fk_status fk_read_word(const fk_problem_reader *r, const fk_yaml *node)
{
    const bool word = node->kind == FK_YAML_TEXT && node->text[0] != '\0';
    return word ? FK_OK : fk_read_refuse(r, node);
}

fk_status fk_read_on(const fk_problem_reader *r, const fk_yaml *node, bool *on)
{
    if (node == NULL)
        return FK_OK;
    *on = true;
    if (node->kind == FK_YAML_MAP || fk_yaml_switch(node, on))
        return FK_OK;
    return fk_read_refuse(r, node);
}

fk_status fk_read_choice(const fk_problem_reader *r, const fk_yaml *node, size_t n,
                         const char *const *choice, size_t *index)
{
    FK_TRY(fk_read_word(r, node));
    for (*index = 0; *index < n; ++*index)
        if (strcmp(node->text, choice[*index]) == 0)
            return FK_OK;
    const char *near = fk_spelling_nearest(node->text, n, choice);
    if (near == NULL)
        return fk_read_refuse(r, node);
    return fk_yaml_fail(node, r->message, "unknown word '%.60s', did you mean '%s'?",
                        node->text, near);
}

/* ---- expressions and numbers ---- */

fk_status fk_read_law_expression(const fk_problem_reader *r, const fk_yaml *node,
                                 const fk_expr **out)
{
    fk_expr_error error;
    FK_TRY(fk_read_word(r, node));
    const fk_status status =
        fk_expr_parse(r->problem->pool, node->text, r->name, r->n_names, out, &error);
    if (status != FK_ESYNTAX)
        return status;
    return fk_yaml_fail_at(node, error.offset, r->message, "%s", error.text);
}

fk_status fk_read_expression(const fk_problem_reader *r, const fk_yaml *node,
                             const fk_expr **out)
{
    FK_TRY(fk_read_law_expression(r, node, out));
    if (!fk_expr_uses_law(*out))
        return FK_OK;
    return fk_yaml_fail(node, r->message,
                        "drift and noise alone may depend on mean values of the law");
}

fk_status fk_read_real(const fk_problem_reader *r, const fk_yaml *node, double *x)
{
    if (fk_yaml_number(node, x))
        return FK_OK;
    if (node->kind != FK_YAML_TEXT || node->text[0] == '\0')
        return fk_read_refuse(r, node);
    const fk_expr *e;
    FK_TRY(fk_read_expression(r, node, &e));
    for (size_t i = 0; i <= r->total; i++) {
        const bool time = i == r->total;
        if (fk_expr_depends(e, time ? r->time : r->variable[i]))
            return fk_yaml_fail(node, r->message,
                                "must be a number, but depends on '%s'",
                                time ? "t" : r->name[i].name);
    }
    *x = fk_expr_value(e, r->n_parameters, r->parameter, r->value);
    if (!isfinite(*x))
        return fk_yaml_fail(node, r->message, "must be a number, but '%.60s' is %g",
                            node->text, *x);
    return FK_OK;
}

fk_status fk_read_whole(const fk_problem_reader *r, const fk_yaml *node, double least,
                        double most, size_t *n)
{
    double x;
    FK_TRY(fk_read_real(r, node, &x));
    if (x != floor(x) || x < least || x > most)
        return fk_read_refuse(r, node);
    *n = (size_t)x;
    return FK_OK;
}

/* ---- lists with one entry per variable ---- */

static bool balanced(const char *text)
{
    long open = 0;
    for (; *text != '\0' && open >= 0; text++)
        open += (*text == '(') - (*text == ')');
    return open == 0;
}

/* True if a comma between parentheses has split an entry of the list. */
static bool is_split(const fk_yaml *list)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->entry[i]->kind == FK_YAML_TEXT && !balanced(list->entry[i]->text))
            return true;
    return false;
}

fk_status fk_read_length(const fk_problem_reader *r, const fk_yaml *list, size_t n)
{
    if (list->n == n)
        return FK_OK;
    char names[200] = "";
    for (size_t i = 0; i < r->dim; i++) {
        const size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "",
                 r->name[i].name);
    }
    return fk_yaml_fail(
        list, r->message, "must have %zu entr%s, one per variable (%s), but has %zu%s",
        n, n == 1 ? "y" : "ies", names, list->n,
        is_split(list) ? "; a comma splits an entry unless it stands in "
                         "quotes: [\"max(x, y)\", \"-x\"]"
                       : "");
}

fk_status fk_read_vector(const fk_problem_reader *r, const fk_yaml *node, double *x)
{
    if (node->kind == FK_YAML_TEXT && r->dim == 1)
        return fk_read_real(r, node, x);
    if (node->kind != FK_YAML_LIST)
        return fk_read_refuse(r, node);
    FK_TRY(fk_read_length(r, node, r->dim));
    for (size_t i = 0; i < r->dim; i++)
        FK_TRY(fk_read_real(r, node->entry[i], &x[i]));
    return FK_OK;
}

fk_status fk_read_spread(const fk_problem_reader *r, const fk_yaml *node, double *x)
{
    if (node->kind == FK_YAML_LIST)
        return fk_read_vector(r, node, x);
    FK_TRY(fk_read_real(r, node, x));
    for (size_t i = 1; i < r->dim; i++)
        x[i] = x[0];
    return FK_OK;
}

fk_status fk_read_matrix(const fk_problem_reader *r, const fk_yaml *node, double *a)
{
    if (node->kind == FK_YAML_TEXT && r->dim == 1)
        return fk_read_real(r, node, a);
    if (node->kind != FK_YAML_LIST)
        return fk_read_refuse(r, node);
    FK_TRY(fk_read_length(r, node, r->dim));
    for (size_t i = 0; i < r->dim; i++)
        FK_TRY(fk_read_vector(r, node->entry[i], &a[i * r->dim]));
    return FK_OK;
}

/* ---- names ---- */

static bool is_identifier(const char *name)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
        "0123456789";
    return name[0] != '\0' && strchr("0123456789", name[0]) == NULL &&
           strlen(name) <= 63 && strspn(name, letters) == strlen(name);
}

/* What a word means in every expression; NULL if it is free.  A parameter may be called
 * like a function (gamma), which is known by its parenthesis. */
static const char *reserved(const fk_problem_reader *r, const char *name)
{
    if (strcmp(name, "t") == 0)
        return "is time";
    if (strcmp(name, "pi") == 0 || strcmp(name, "e") == 0)
        return "is a constant";
    if (r->time != NULL) /* the variables are complete */
        return NULL;
    if (strcmp(name, "diff") == 0)
        return "is a function";
    for (const fk_expr_function *f = fk_expr_functions(); f->name != NULL; f++)
        if (strcmp(f->name, name) == 0)
            return "is a function";
    return NULL;
}

fk_status fk_read_new_name(const fk_problem_reader *r, const fk_yaml *node, bool at_key,
                           const char *name)
{
    fk_status (*fail)(const fk_yaml *, fk_message *, const char *, ...) =
        at_key ? fk_yaml_fail_key : fk_yaml_fail;
    if (!is_identifier(name))
        return fail(
            node, r->message,
            "'%.60s' is no name: letters, digits and _, no digit first, at most "
            "63 of them",
            name);
    const char *meaning = reserved(r, name);
    if (meaning != NULL)
        return fail(node, r->message, "'%s' %s and cannot be given another meaning",
                    name, meaning);
    for (size_t i = 0; i < r->n_names; i++)
        if (strcmp(r->name[i].name, name) == 0)
            return fail(node, r->message, "the name '%s' is taken by a %s", name,
                        i < r->total ? "variable" : "parameter or definition");
    return FK_OK;
}

void fk_read_add_name(fk_problem_reader *r, const char *name, const fk_expr *value)
{
    r->name[r->n_names++] = (fk_expr_name){name, value};
}

fk_status fk_read_variable(const fk_problem_reader *r, const fk_yaml *node,
                           size_t *index)
{
    const char *names[FK_PROBLEM_DIM];
    char list[200] = "";
    for (size_t i = 0; i < r->total; i++) {
        names[i] = r->name[i].name;
        if (strcmp(names[i], node->key) == 0) {
            *index = i;
            return FK_OK;
        }
        const size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    return fk_yaml_fail_key(node, r->message,
                            "there is no variable '%.60s'; the variables are: %s",
                            node->key, list);
}
