/* The equations of a problem as presentation MathML. */
#include <stdlib.h>

#include "plots/report.h"

static bool is_number(const fk_expr *e, double value)
{
    double v;
    return fk_expr_is_number(e, &v) && v >= value && v <= value;
}

static void put_expr(FILE *out, const fk_expr *e)
{
    char *text = fk_expr_print(e, FK_EXPR_MATHML);
    fputs(text != NULL ? text : "<mi>?</mi>", out);
    free(text);
}

static void put_bracket(FILE *out, const fk_expr *e)
{
    fputs("<mrow><mo>(</mo>", out);
    put_expr(out, e);
    fputs("<mo>)</mo></mrow>", out);
}

/* d over d of a quantity */
static void put_partial(FILE *out, const char *above, const fk_expr *below)
{
    fprintf(out, "<mfrac><mrow><mo>&#x2202;</mo>%s</mrow><mrow><mo>&#x2202;</mo>",
            above);
    put_expr(out, below);
    fputs("</mrow></mfrac>", out);
}

static void begin(FILE *out)
{
    fputs("<p class=\"math\"><math display=\"block\"><mrow>", out);
}

static void end(FILE *out)
{
    fputs("</mrow></math></p>\n", out);
}

/* dx = f dt + g o dW */
static void put_sde_line(FILE *out, const fk_sde *s, size_t i, const fk_expr *drift,
                         const char *dot)
{
    bool empty = is_number(drift, 0.0);
    begin(out);
    fputs("<mi>d</mi>", out);
    put_expr(out, s->variable[i]);
    fputs("<mo>=</mo>", out);
    if (!empty) {
        put_bracket(out, drift);
        fputs("<mi>d</mi><mi>t</mi>", out);
    }
    for (size_t k = 0; k < s->noises; k++) {
        const fk_expr *g = s->noise[i * s->noises + k];
        if (is_number(g, 0.0))
            continue;
        fputs(empty ? "" : "<mo>+</mo>", out);
        empty = false;
        if (!is_number(g, 1.0))
            put_bracket(out, g);
        fprintf(out, "%s<mi>d</mi><msub><mi>W</mi><mn>%zu</mn></msub>", dot, k + 1);
    }
    fputs(empty ? "<mn>0</mn>" : "", out);
    end(out);
}

static void put_sde(FILE *out, const fk_sde *s)
{
    const char *dot = s->interpretation == FK_STRATONOVICH ? "<mo>&#x2218;</mo>" : "";
    bool same = true;
    fprintf(out, "<h3>%s</h3>\n",
            s->noises == 0 ? "Ordinary differential equation"
                           : "Stochastic differential equation");
    if (s->noises > 0)
        fprintf(out, "<p>Interpretation: %s</p>\n",
                fk_interpretation_name(s->interpretation));
    for (size_t i = 0; i < s->dim; i++) {
        put_sde_line(out, s, i, s->drift[i], dot);
        same = same && s->ito[i] == s->drift[i];
    }
    if (same)
        return;
    fputs("<h3>It&ocirc; form</h3>\n", out);
    for (size_t i = 0; i < s->dim; i++)
        put_sde_line(out, s, i, s->ito[i], "");
}

static void put_current_name(FILE *out, const fk_sde *s, size_t i)
{
    fputs("<msub><mi>J</mi>", out);
    put_expr(out, s->variable[i]);
    fputs("</msub>", out);
}

/* J_i = b_i p - sum_j a_ij dp/dx_j */
static void put_current(FILE *out, const fk_sde *s, size_t i)
{
    bool empty = is_number(s->flux_drift[i], 0.0);
    begin(out);
    put_current_name(out, s, i);
    fputs("<mo>=</mo>", out);
    if (!empty) {
        put_bracket(out, s->flux_drift[i]);
        fputs("<mi>p</mi>", out);
    }
    for (size_t j = 0; j < s->dim; j++) {
        const fk_expr *a = s->diffusion[i * s->dim + j];
        if (is_number(a, 0.0))
            continue;
        empty = false;
        fputs("<mo>&#x2212;</mo>", out);
        put_bracket(out, a);
        put_partial(out, "<mi>p</mi>", s->variable[j]);
    }
    fputs(empty ? "<mn>0</mn>" : "", out);
    end(out);
}

void fk_report_equations(FILE *out, const fk_sde *s)
{
    put_sde(out, s);
    fprintf(out, "<h3>%s equation</h3>\n",
            s->noises > 0 ? "Fokker-Planck" : "Continuity");
    begin(out);
    fputs("<mfrac><mrow><mo>&#x2202;</mo><mi>p</mi></mrow><mrow><mo>&#x2202;</mo>"
          "<mi>t</mi></mrow></mfrac><mo>=</mo>",
          out);
    for (size_t i = 0; i < s->dim; i++) {
        fputs("<mo>&#x2212;</mo><mfrac><mrow><mo>&#x2202;</mo>", out);
        put_current_name(out, s, i);
        fputs("</mrow><mrow><mo>&#x2202;</mo>", out);
        put_expr(out, s->variable[i]);
        fputs("</mrow></mfrac>", out);
    }
    end(out);
    for (size_t i = 0; i < s->dim; i++)
        put_current(out, s, i);
}
