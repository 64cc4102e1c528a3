/* Presentation MathML: fractions, roots, superscripts, greek letters. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/expr_node.h"

static const char *const greek[] = {
    "alpha",   "beta", "gamma", "delta",  "epsilon", "zeta",    "eta",
    "theta",   "iota", "kappa", "lambda", "mu",      "nu",      "xi",
    "omicron", "pi",   "rho",   "sigma",  "tau",     "upsilon", "phi",
    "chi",     "psi",  "omega", "Gamma",  "Delta",   "Theta",   "Lambda",
    "Xi",      "Pi",   "Sigma", "Phi",    "Psi",     "Omega"};
static const unsigned code[] = {
    0x3b1, 0x3b2, 0x3b3, 0x3b4, 0x3b5, 0x3b6, 0x3b7, 0x3b8, 0x3b9, 0x3ba, 0x3bb, 0x3bc,
    0x3bd, 0x3be, 0x3bf, 0x3c0, 0x3c1, 0x3c3, 0x3c4, 0x3c5, 0x3c6, 0x3c7, 0x3c8, 0x3c9,
    0x393, 0x394, 0x398, 0x39b, 0x39e, 0x3a0, 0x3a3, 0x3a6, 0x3a8, 0x3a9};

static void math(FILE *out, const fk_expr *e);

static void identifier(FILE *out, const char *word, size_t length)
{
    for (size_t i = 0; i < sizeof greek / sizeof *greek; i++)
        if (strlen(greek[i]) == length && strncmp(greek[i], word, length) == 0) {
            fprintf(out, "<mi>&#x%x;</mi>", code[i]);
            return;
        }
    fprintf(out, "<mi>%.*s</mi>", (int)length, word);
}

/* x_1, x1 and beta_min have a subscript. */
static void symbol(FILE *out, const char *name)
{
    const char *mark = strchr(name, '_');
    size_t stem = strlen(name);
    while (stem > 1 && isdigit((unsigned char)name[stem - 1]))
        stem--;
    const char *sub = name + stem;
    if (mark != NULL && mark != name && mark[1] != '\0') {
        stem = (size_t)(mark - name);
        sub = mark + 1;
    }
    if (*sub == '\0') {
        identifier(out, name, strlen(name));
        return;
    }
    fputs("<msub>", out);
    identifier(out, name, stem);
    fprintf(out, "<mtext>%s</mtext></msub>", sub);
}

static void number(FILE *out, double value)
{
    char text[32];
    for (int digits = 1; digits <= 12; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, fabs(value));
        if (fk_same(strtod(text, NULL), fabs(value)))
            break;
    }
    if (value < 0.0)
        fputs("<mo>&#x2212;</mo>", out);
    char *power = strchr(text, 'e');
    if (power == NULL) {
        fprintf(out, "<mn>%s</mn>", isinf(value) ? "&#x221e;" : text);
        return;
    }
    *power = '\0';
    fprintf(out, "<mn>%s</mn><mo>&#xd7;</mo><msup><mn>10</mn><mn>%d</mn></msup>", text,
            atoi(power + 1));
}

static void between(FILE *out, const char *left, const fk_expr *e, const char *right)
{
    fprintf(out, "<mrow><mo>%s</mo>", left);
    math(out, e);
    fprintf(out, "<mo>%s</mo></mrow>", right);
}

static void fenced(FILE *out, const fk_expr *e)
{
    between(out, "(", e, ")");
}

static bool below(const fk_expr *f)
{
    return f->kind == FK_NODE_POWER && f->arg[1]->kind == FK_NODE_NUMBER &&
           f->arg[1]->value < 0.0;
}

static bool simple(const fk_expr *e)
{
    return e->kind == FK_NODE_SYMBOL ||
           (e->kind == FK_NODE_NUMBER && e->value >= 0.0) ||
           fk_node_name(e->kind) != NULL;
}

/* base ^ exponent, the exponent a number > 0 */
static void raised(FILE *out, const fk_expr *base, double exponent)
{
    if (fk_same(exponent, 1.0)) {
        math(out, base);
    } else if (fk_same(exponent, 0.5)) {
        fputs("<msqrt>", out);
        math(out, base);
        fputs("</msqrt>", out);
    } else {
        fputs("<msup><mrow>", out);
        (simple(base) ? math : fenced)(out, base);
        fputs("</mrow><mrow>", out);
        number(out, exponent);
        fputs("</mrow></msup>", out);
    }
}

static void factor(FILE *out, const fk_expr *f)
{
    if (f->kind == FK_NODE_SUM || f->kind == FK_NODE_IF)
        fenced(out, f);
    else
        math(out, f);
}

static void numerator(FILE *out, const fk_expr *e, double coefficient)
{
    size_t above = 0;
    for (size_t i = 0; i < e->count; i++)
        above += !below(e->arg[i]);
    if (!fk_same(coefficient, 1.0) || above == 0) {
        number(out, coefficient);
        if (above > 0)
            fputs("<mo>&#x2062;</mo>", out);
    }
    for (size_t i = 0, seen = 0; i < e->count; i++) {
        if (below(e->arg[i]))
            continue;
        if (seen++ > 0)
            fputs("<mo>&#x2062;</mo>", out);
        if (above == 1 && fk_same(coefficient, 1.0))
            math(out, e->arg[i]);
        else
            factor(out, e->arg[i]);
    }
}

static void product(FILE *out, const fk_expr *e, double coefficient)
{
    size_t under = 0;
    for (size_t i = 0; i < e->count; i++)
        under += below(e->arg[i]);
    if (under == 0) {
        numerator(out, e, coefficient);
        return;
    }
    fputs("<mfrac><mrow>", out);
    numerator(out, e, coefficient);
    fputs("</mrow><mrow>", out);
    for (size_t i = 0; i < e->count; i++) {
        if (!below(e->arg[i]))
            continue;
        if (under > 1 && e->arg[i]->arg[0]->kind == FK_NODE_SUM &&
            fk_same(e->arg[i]->arg[1]->value, -1.0))
            fenced(out, e->arg[i]->arg[0]);
        else
            raised(out, e->arg[i]->arg[0], -e->arg[i]->arg[1]->value);
    }
    fputs("</mrow></mfrac>", out);
}

/* A term with its sign in front; no sign where a positive one begins. */
static void term(FILE *out, const fk_expr *e, bool first)
{
    const bool minus = e->kind == FK_NODE_PRODUCT && e->value < 0.0;
    if (minus)
        fputs("<mo>&#x2212;</mo>", out);
    else if (!first)
        fputs("<mo>+</mo>", out);
    if (e->kind == FK_NODE_PRODUCT)
        product(out, e, fabs(e->value));
    else
        math(out, e);
}

static void sum(FILE *out, const fk_expr *e)
{
    size_t lead = 0;
    while (lead < e->count && e->arg[lead]->kind == FK_NODE_PRODUCT &&
           e->arg[lead]->value < 0.0)
        lead++;
    const bool constant = !fk_same(e->value, 0.0), opens = e->value > 0.0;
    bool first = true;
    if (opens) {
        number(out, e->value);
        first = false;
    } else if (lead < e->count) {
        term(out, e->arg[lead], true);
        first = false;
    }
    for (size_t i = 0; i < e->count; i++) {
        if (i == lead && !opens)
            continue;
        term(out, e->arg[i], first);
        first = false;
    }
    if (constant && !opens)
        number(out, e->value);
}

static void infix(FILE *out, const fk_expr *e, const char *sign)
{
    factor(out, e->arg[0]);
    fprintf(out, "<mo>%s</mo>", sign);
    factor(out, e->arg[1]);
}

static void call(FILE *out, const fk_expr *e)
{
    if (e->kind == FK_NODE_ABS || e->kind == FK_NODE_MEAN) {
        const bool mean = e->kind == FK_NODE_MEAN;
        between(out, mean ? "&#x27e8;" : "|", e->arg[0], mean ? "&#x27e9;" : "|");
        return;
    }
    if (e->kind == FK_NODE_CONV) { /* (K * p) */
        fputs("<mrow><mo>(</mo>", out);
        factor(out, e->arg[0]);
        fputs("<mo>&#x2217;</mo><mi>p</mi><mo>)</mo></mrow>", out);
        return;
    }
    fprintf(out, "<mi>%s</mi><mo>&#x2061;</mo><mrow><mo>(</mo>", fk_node_name(e->kind));
    for (size_t i = 0; i < e->count; i++) {
        if (i > 0)
            fputs("<mo>,</mo>", out);
        math(out, e->arg[i]);
    }
    fputs("<mo>)</mo></mrow>", out);
}

static void power(FILE *out, const fk_expr *e)
{
    if (below(e)) {
        fputs("<mfrac><mn>1</mn><mrow>", out);
        raised(out, e->arg[0], -e->arg[1]->value);
        fputs("</mrow></mfrac>", out);
    } else if (e->arg[1]->kind == FK_NODE_NUMBER) {
        raised(out, e->arg[0], e->arg[1]->value);
    } else {
        fputs("<msup><mrow>", out);
        (simple(e->arg[0]) ? math : fenced)(out, e->arg[0]);
        fputs("</mrow><mrow>", out);
        math(out, e->arg[1]);
        fputs("</mrow></msup>", out);
    }
}

static void choice(FILE *out, const fk_expr *e)
{
    fputs("<mo>{</mo><mtable columnalign=\"left\"><mtr><mtd><mrow>", out);
    math(out, e->arg[1]);
    fputs("</mrow></mtd><mtd><mrow><mtext>if </mtext>", out);
    math(out, e->arg[0]);
    fputs("</mrow></mtd></mtr><mtr><mtd><mrow>", out);
    math(out, e->arg[2]);
    fputs("</mrow></mtd><mtd><mtext>otherwise</mtext></mtd></mtr></mtable>", out);
}

static const char *sign_of(fk_node_kind kind)
{
    switch (kind) {
    case FK_NODE_LESS:
        return "&lt;";
    case FK_NODE_LESS_EQUAL:
        return "&#x2264;";
    case FK_NODE_EQUAL:
        return "=";
    case FK_NODE_UNEQUAL:
        return "&#x2260;";
    case FK_NODE_AND:
        return "&#x2227;";
    case FK_NODE_OR:
        return "&#x2228;";
    default:
        return NULL;
    }
}

static void inner(FILE *out, const fk_expr *e)
{
    switch (e->kind) {
    case FK_NODE_NUMBER:
        number(out, e->value);
        return;
    case FK_NODE_SYMBOL:
        symbol(out, e->name);
        return;
    case FK_NODE_SUM:
        sum(out, e);
        return;
    case FK_NODE_PRODUCT:
        term(out, e, true);
        return;
    case FK_NODE_POWER:
        power(out, e);
        return;
    case FK_NODE_IF:
        choice(out, e);
        return;
    case FK_NODE_NOT:
        fputs("<mo>&#xac;</mo>", out);
        factor(out, e->arg[0]);
        return;
    default:
        if (sign_of(e->kind) != NULL)
            infix(out, e, sign_of(e->kind));
        else
            call(out, e);
    }
}

static void math(FILE *out, const fk_expr *e)
{
    fputs("<mrow>", out);
    inner(out, e);
    fputs("</mrow>", out);
}

void fk_node_put_mathml(FILE *out, const fk_expr *e)
{
    math(out, e);
}
