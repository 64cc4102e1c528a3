/* From text to nodes: recursive descent, one function a level of precedence. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/expr.h"
#include "core/expr_node.h"
#include "core/spelling.h"

enum { MAX_NESTING = 200, MAX_LENGTH = 1 << 16, MAX_WORD = 64 };

typedef struct parser {
    fk_expr_pool *pool;
    const char *text;
    size_t at; /* next byte */
    const fk_expr_name *names;
    size_t n_names;
    size_t nesting;
    bool failed;
    fk_expr_error *error;
} parser;

static const fk_expr *choice(parser *p);

/* The first complaint counts. */
static const fk_expr *fail(parser *p, size_t offset, const char *format, ...)
    FK_PRINTF(3, 4);
static const fk_expr *fail(parser *p, size_t offset, const char *format, ...)
{
    if (!p->failed) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(p->error->text, sizeof p->error->text, format, arguments);
        va_end(arguments);
        p->error->offset = offset;
    }
    p->failed = true;
    return fk_expr_number(p->pool, NAN);
}

static char peek(parser *p)
{
    while (isspace((unsigned char)p->text[p->at]))
        p->at++;
    return p->text[p->at];
}

static bool accept(parser *p, const char *token)
{
    peek(p);
    const size_t n = strlen(token);
    if (p->failed || strncmp(p->text + p->at, token, n) != 0)
        return false;
    p->at += n;
    return true;
}

static const fk_expr *number(parser *p)
{
    char *end;
    const char *from = p->text + p->at;
    if (from[0] == '0' && (from[1] == 'x' || from[1] == 'X'))
        return fail(p, p->at, "hexadecimal numbers are not known; write a decimal one");
    const double value = strtod(from, &end);
    const size_t start = p->at;
    p->at += (size_t)(end - from);
    if (isalpha((unsigned char)*end) || *end == '_')
        return fail(p, p->at, "write '*' between the number and '%c'", *end);
    if (*end == '.' || isdigit((unsigned char)*end))
        return fail(p, start, "this is not a number; a number is like 2, 0.5 or 1e-3");
    return fk_expr_number(p->pool, value);
}

static const fk_node_kind no_function = FK_NODE_NUMBER;

static fk_node_kind function_kind(const char *word)
{
    for (fk_node_kind k = FK_NODE_EXP; k < FK_NODE_IF; k++)
        if (fk_node_name(k) != NULL && strcmp(fk_node_name(k), word) == 0)
            return k;
    return no_function;
}

enum { MAX_ARGUMENTS = 16 };

/* ( u, v, ... ); returns how many. */
static size_t arguments(parser *p, const fk_expr *arg[MAX_ARGUMENTS])
{
    const size_t open = p->at;
    size_t n = 0;
    if (!accept(p, "("))
        return 0;
    do {
        if (n == MAX_ARGUMENTS) {
            fail(p, p->at, "a function has at most %d arguments", MAX_ARGUMENTS);
            return n;
        }
        arg[n++] = choice(p);
    } while (accept(p, ","));
    if (!accept(p, ")"))
        fail(p, p->at, "expected ')' to close the '(' at column %zu", open + 1);
    return n;
}

static const fk_expr *wrong_count(parser *p, size_t start, const char *word,
                                  size_t want, size_t got)
{
    return fail(p, start, "%s() takes %zu argument%s, not %zu", word, want,
                want == 1 ? "" : "s", got);
}

/* min and max of any number, two at a time. */
static const fk_expr *fold(parser *p, fk_node_kind kind, size_t n, const fk_expr **arg)
{
    const fk_expr *e = arg[0];
    for (size_t i = 1; i < n; i++)
        e = fk_node_binary(p->pool, kind, e, arg[i]);
    return e;
}

/* mean, var, cov and conv; NULL for other words. */
static const fk_expr *moment(parser *p, size_t start, const char *word, size_t n,
                             const fk_expr *const *arg)
{
    static const char *const known[] = {"mean", "conv", "var", "cov"};
    size_t which = 0;
    while (which < 4 && strcmp(known[which], word) != 0)
        which++;
    const size_t want = which == 3 ? 2 : 1;
    if (which == 4)
        return NULL;
    if (n != want)
        return wrong_count(p, start, word, want, n);
    return which == 0   ? fk_expr_mean(p->pool, arg[0])
           : which == 1 ? fk_expr_convolution(p->pool, arg[0])
                        : fk_expr_covariance(p->pool, arg[0], arg[want - 1]);
}

static const fk_expr *call(parser *p, size_t start, const char *word)
{
    const fk_expr *arg[MAX_ARGUMENTS];
    const size_t n = arguments(p, arg);
    if (p->failed)
        return fk_expr_number(p->pool, NAN);
    if (strcmp(word, "diff") == 0) {
        if (n != 2)
            return wrong_count(p, start, word, 2, n);
        if (arg[1]->kind != FK_NODE_SYMBOL)
            return fail(p, start, "diff(u, x) needs a variable as its second argument");
        return fk_expr_diff(p->pool, arg[0], arg[1]);
    }
    if (strcmp(word, "sqrt") == 0)
        return n != 1 ? wrong_count(p, start, word, 1, n)
                      : fk_expr_pow(p->pool, arg[0], fk_expr_number(p->pool, 0.5));
    if (strcmp(word, "pow") == 0)
        return n != 2 ? wrong_count(p, start, word, 2, n)
                      : fk_expr_pow(p->pool, arg[0], arg[1]);
    if (strcmp(word, "if") == 0)
        return n != 3 ? wrong_count(p, start, word, 3, n)
                      : fk_node_choose(p->pool, arg[0], arg[1], arg[2]);
    const fk_expr *made = moment(p, start, word, n, arg);
    if (made != NULL)
        return made;
    const fk_node_kind kind = function_kind(word);
    if ((kind == FK_NODE_MIN || kind == FK_NODE_MAX) && n >= 2)
        return fold(p, kind, n, arg);
    if (n != fk_node_arity(kind))
        return wrong_count(p, start, word, fk_node_arity(kind), n);
    return fk_node_apply(p->pool, kind, arg);
}

static bool is_function(const char *word)
{
    for (const fk_expr_function *f = fk_expr_functions(); f->name != NULL; f++)
        if (strcmp(f->name, word) == 0)
            return true;
    return false;
}

static const fk_expr *unknown(parser *p, size_t start, const char *word)
{
    const char *known[256];
    size_t n = 0;
    for (size_t i = 0; i < p->n_names && n < 128; i++)
        known[n++] = p->names[i].name;
    for (const fk_expr_function *f = fk_expr_functions(); f->name != NULL && n < 250;
         f++)
        known[n++] = f->name;
    const char *near = fk_spelling_nearest(word, n, known);
    if (near == NULL)
        return fail(p, start, "unknown name '%s'", word);
    return fail(p, start, "unknown name '%s'; did you mean '%s'?", word, near);
}

static const fk_expr *name(parser *p)
{
    char word[MAX_WORD];
    const size_t start = p->at;
    size_t n = 0;
    for (; isalnum((unsigned char)p->text[p->at]) || p->text[p->at] == '_'; p->at++) {
        if (n + 1 == sizeof word)
            return fail(p, start, "a name is longer than %d letters", MAX_WORD - 1);
        word[n++] = p->text[p->at];
    }
    word[n] = '\0';
    if (peek(p) == '(' && is_function(word))
        return call(p, start, word);
    for (size_t i = 0; i < p->n_names; i++)
        if (strcmp(p->names[i].name, word) == 0)
            return p->names[i].value != NULL ? p->names[i].value
                                             : fk_expr_symbol(p->pool, word);
    if (strcmp(word, "pi") == 0)
        return fk_expr_number(p->pool, 3.14159265358979323846);
    if (strcmp(word, "e") == 0)
        return fk_expr_number(p->pool, 2.71828182845904523536);
    if (is_function(word))
        return fail(p, start, "the function %s needs its arguments in parentheses",
                    word);
    return unknown(p, start, word);
}

static const fk_expr *primary(parser *p)
{
    const char c = peek(p);
    const size_t start = p->at;
    if (isdigit((unsigned char)c) ||
        (c == '.' && isdigit((unsigned char)p->text[p->at + 1])))
        return number(p);
    if (isalpha((unsigned char)c) || c == '_')
        return name(p);
    if (accept(p, "(")) {
        const fk_expr *e = choice(p);
        if (!accept(p, ")"))
            return fail(p, p->at, "expected ')' to close the '(' at column %zu",
                        start + 1);
        return e;
    }
    if (c == '\0')
        return fail(p, start, "the expression ends where a value was expected");
    if (isprint((unsigned char)c))
        return fail(p, start, "expected a value, not '%c'", c);
    return fail(p, start, "expected a value, not the byte 0x%02x", (unsigned char)c);
}

static const fk_expr *unary(parser *p);

/* Powers bind to the right and tighter than a minus before them: -x^2 is -(x^2). */
static const fk_expr *power(parser *p)
{
    const fk_expr *base = primary(p);
    if (!accept(p, "**") && !accept(p, "^"))
        return base;
    return fk_expr_pow(p->pool, base, unary(p));
}

static const fk_expr *unary(parser *p)
{
    const fk_expr *e;
    if (p->failed || ++p->nesting > MAX_NESTING)
        return fail(p, p->at, "more than %d levels of nesting", MAX_NESTING);
    if (accept(p, "-"))
        e = fk_expr_neg(p->pool, unary(p));
    else if (accept(p, "+"))
        e = unary(p);
    else if (peek(p) == '!' && p->text[p->at + 1] != '=' && accept(p, "!"))
        e = fk_node_unary(p->pool, FK_NODE_NOT, unary(p));
    else
        e = power(p);
    p->nesting--;
    return e;
}

static const fk_expr *product(parser *p)
{
    const fk_expr *e = unary(p);
    for (;;) {
        if (accept(p, "*"))
            e = fk_expr_mul(p->pool, e, unary(p));
        else if (accept(p, "/"))
            e = fk_expr_div(p->pool, e, unary(p));
        else
            return e;
    }
}

static const fk_expr *sum(parser *p)
{
    const fk_expr *e = product(p);
    for (;;) {
        if (accept(p, "+"))
            e = fk_expr_add(p->pool, e, product(p));
        else if (accept(p, "-"))
            e = fk_expr_sub(p->pool, e, product(p));
        else
            return e;
    }
}

static const fk_expr *comparison(parser *p)
{
    const fk_expr *e = sum(p);
    for (;;) {
        if (accept(p, "<="))
            e = fk_node_binary(p->pool, FK_NODE_LESS_EQUAL, e, sum(p));
        else if (accept(p, ">="))
            e = fk_node_binary(p->pool, FK_NODE_LESS_EQUAL, sum(p), e);
        else if (accept(p, "=="))
            e = fk_node_binary(p->pool, FK_NODE_EQUAL, e, sum(p));
        else if (accept(p, "!="))
            e = fk_node_binary(p->pool, FK_NODE_UNEQUAL, e, sum(p));
        else if (accept(p, "<"))
            e = fk_node_binary(p->pool, FK_NODE_LESS, e, sum(p));
        else if (accept(p, ">"))
            e = fk_node_binary(p->pool, FK_NODE_LESS, sum(p), e);
        else
            return e;
    }
}

static const fk_expr *conjunction(parser *p)
{
    const fk_expr *e = comparison(p);
    while (accept(p, "&&"))
        e = fk_node_binary(p->pool, FK_NODE_AND, e, comparison(p));
    return e;
}

static const fk_expr *disjunction(parser *p)
{
    const fk_expr *e = conjunction(p);
    while (accept(p, "||"))
        e = fk_node_binary(p->pool, FK_NODE_OR, e, conjunction(p));
    return e;
}

static const fk_expr *choice(parser *p)
{
    if (p->failed || ++p->nesting > MAX_NESTING)
        return fail(p, p->at, "more than %d levels of nesting", MAX_NESTING);
    const fk_expr *e = disjunction(p);
    if (accept(p, "?")) {
        const size_t mark = p->at;
        const fk_expr *yes = choice(p);
        if (!accept(p, ":"))
            fail(p, p->at, "expected ':' after the '?' at column %zu", mark);
        e = fk_node_choose(p->pool, e, yes, choice(p));
    }
    p->nesting--;
    return e;
}

fk_status fk_expr_parse(fk_expr_pool *pool, const char *text, const fk_expr_name *names,
                        size_t n_names, const fk_expr **out, fk_expr_error *error)
{
    parser p = {
        .pool = pool, .text = text, .names = names, .n_names = n_names, .error = error};
    *out = NULL;
    if (strnlen(text, MAX_LENGTH) == MAX_LENGTH) {
        fail(&p, MAX_LENGTH, "the expression is longer than %d bytes", MAX_LENGTH - 1);
        return FK_ESYNTAX;
    }
    const fk_expr *e = choice(&p);
    const char rest = peek(&p);
    if (!p.failed && rest != '\0' && isprint((unsigned char)rest))
        fail(&p, p.at, "expected an operator or the end, not '%c'", rest);
    else if (!p.failed && rest != '\0')
        fail(&p, p.at, "expected an operator or the end, not the byte 0x%02x",
             (unsigned char)rest);
    if (p.failed)
        return FK_ESYNTAX;
    if (fk_expr_pool_exhausted(pool))
        return FK_ENOMEM;
    *out = e;
    return FK_OK;
}
