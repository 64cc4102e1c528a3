/* The equations of a problem as presentation MathML. */
#include <math.h>
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

/* + g dW_1, where g is not zero; *empty: nothing stands before it yet */
static void put_term(FILE *out, const fk_expr *g, const char *dot, const char *of,
                     size_t k, bool *empty)
{
    if (is_number(g, 0.0))
        return;
    fputs(*empty ? "" : "<mo>+</mo>", out);
    *empty = false;
    if (!is_number(g, 1.0))
        put_bracket(out, g);
    fprintf(out, "%s<mi>d</mi><msub><mi>%s</mi><mn>%zu</mn></msub>", dot, of, k + 1);
}

/* dx = f dt + g o dW + (c - x) dN + s dL */
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
    for (size_t k = 0; k < s->noises; k++)
        put_term(out, s->noise[i * s->noises + k], dot, "W", k, &empty);
    for (size_t k = 0; k < s->n_jumps; k++)
        put_term(out, fk_sde_jump_change(s, k, i), "", "N", k, &empty);
    for (size_t k = 0; k < s->n_stables; k++)
        put_term(out, s->stable[k].scale[i], "", "L", k, &empty);
    fputs(empty ? "<mn>0</mn>" : "", out);
    end(out);
}

/* The laws of dN and dL. */
static void put_jumps(FILE *out, const fk_sde *s)
{
    for (size_t k = 0; k < s->n_jumps; k++) {
        char *law = fk_mark_text(&s->jump[k].law);
        fprintf(
            out,
            "<p><math><mi>d</mi><msub><mi>N</mi><mn>%zu</mn></msub></math>: jumps at "
            "the rate <math>",
            k + 1);
        put_expr(out, s->jump[k].rate);
        if (law != NULL && law[0] != '\0') {
            fputs("</math>, <math>", out);
            put_expr(out, s->jump[k].mark);
            fprintf(out, "</math> %s</p>\n", law);
        } else {
            fputs("</math></p>\n", out);
        }
        free(law);
    }
    for (size_t k = 0; k < s->n_stables; k++)
        fprintf(out,
                "<p><math><mi>d</mi><msub><mi>L</mi><mn>%zu</mn></msub></math>: stable "
                "increments, &alpha; = %g, skewness %g</p>\n",
                k + 1, s->stable[k].alpha, s->stable[k].beta);
}

static void put_sde(FILE *out, const fk_sde *s)
{
    const char *dot = s->interpretation == FK_STRATONOVICH ? "<mo>&#x2218;</mo>" : "";
    bool same = true;
    fprintf(out, "<h3>%s</h3>\n",
            s->noises == 0 && fk_sde_continuous(s)
                ? "Ordinary differential equation"
                : "Stochastic differential equation");
    if (s->noises > 0)
        fprintf(out, "<p>Interpretation: %s</p>\n",
                fk_interpretation_name(s->interpretation));
    for (size_t i = 0; i < s->dim; i++) {
        put_sde_line(out, s, i, s->drift[i], dot);
        same = same && s->ito[i] == s->drift[i];
    }
    put_jumps(out, s);
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

/* + K_1 + K_2 */
static void put_names(FILE *out, size_t n, const char *name)
{
    for (size_t k = 0; k < n; k++)
        fprintf(out, "<mo>+</mo><msub><mi>%s</mi><mn>%zu</mn></msub>", name, k + 1);
}

/* K_1 = int q_1 r p - r p, from the states before a jump and from those here */
static void put_integral(FILE *out, const fk_sde *s, size_t k)
{
    const fk_jump *jump = &s->jump[k];
    begin(out);
    fprintf(
        out,
        "<msub><mi>K</mi><mn>%zu</mn></msub><mo>=</mo><mo>&#x222B;</mo><msub><mi>q</mi>"
        "<mn>%zu</mn></msub>",
        k + 1, k + 1);
    put_bracket(out, jump->rate);
    fputs("<mi>p</mi><mo>&#x2212;</mo>", out);
    put_bracket(out, jump->rate);
    fputs("<mi>p</mi>", out);
    end(out);
    fprintf(out,
            "<p>The integral goes over the states before a jump, "
            "<math><msub><mi>q</mi><mn>%zu</mn></msub></math> is the density that it "
            "leads to: that of ",
            k + 1);
    for (size_t i = 0; i < s->dim; i++) {
        fputs(i > 0 ? ", <math>" : "<math>", out);
        put_expr(out, jump->to[i]);
        fputs("</math>", out);
    }
    fputs(".</p>\n", out);
}

/* S_1 = -D^a (|s|^a p) - c d D^(a - 1) (sign(s) |s|^a p) */
static void put_fractional(FILE *out, const fk_sde *s, size_t k)
{
    const double a = s->stable[k].alpha, beta = s->stable[k].beta;
    begin(out);
    fprintf(
        out,
        "<msub><mi>S</mi><mn>%zu</mn></msub><mo>=</mo><mo>&#x2212;</mo><msup><mi>D</mi>"
        "<mn>%g</mn></msup><msup><mrow><mo>|</mo><mi>s</mi><mo>|</mo></mrow><mn>%g</mn>"
        "</msup><mi>p</mi>",
        k + 1, a, a);
    if (beta != 0.0)
        fprintf(
            out,
            "<mo>&#x2212;</mo><mn>%g</mn><mi>d</mi><msup><mi>D</mi><mn>%g</mn></msup>"
            "<mi>sign</mi><mo>(</mo><mi>s</mi><mo>)</mo><msup><mrow><mo>|</mo><mi>s</"
            "mi>"
            "<mo>|</mo></mrow><mn>%g</mn></msup><mi>p</mi>",
            beta * tan(0.5 * M_PI * a), a - 1.0, a);
    end(out);
    fputs("<p>Here "
          "<math><mi>D</mi><mo>=</mo><msqrt><mrow><mo>&#x2212;</mo><msup><mi>d</mi>"
          "<mn>2</mn></msup></mrow></msqrt></math> with the derivative "
          "<math><mi>d</mi></math> "
          "along the scales <math><mi>s</mi></math>: ",
          out);
    for (size_t i = 0; i < s->dim; i++) {
        fputs(i > 0 ? ", <math>" : "<math>", out);
        put_expr(out, s->stable[k].scale[i]);
        fputs("</math>", out);
    }
    fputs(".</p>\n", out);
}

void fk_report_equations(FILE *out, const fk_sde *s, const fk_expr *source)
{
    put_sde(out, s);
    fprintf(out, "<h3>%s equation</h3>\n",
            s->noises > 0 || !fk_sde_continuous(s) ? "Fokker-Planck" : "Continuity");
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
    put_names(out, s->n_jumps, "K");
    put_names(out, s->n_stables, "S");
    if (s->killing != NULL) {
        fputs("<mo>&#x2212;</mo>", out);
        put_bracket(out, s->killing);
        fputs("<mi>p</mi>", out);
    }
    if (source != NULL) {
        fputs("<mo>+</mo>", out);
        put_bracket(out, source);
    }
    end(out);
    for (size_t i = 0; i < s->dim; i++)
        put_current(out, s, i);
    for (size_t k = 0; k < s->n_jumps; k++)
        put_integral(out, s, k);
    for (size_t k = 0; k < s->n_stables; k++)
        put_fractional(out, s, k);
}
