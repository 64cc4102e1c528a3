#include "experiments/equation.h"

#include <stdlib.h>
#include <string.h>

static void print_expr(const fk_expr *e, FILE *out)
{
    char *text = fk_expr_print(e, FK_EXPR_DISPLAY);
    fputs(text != NULL ? text : "?", out);
    free(text);
}

static bool zero(const fk_expr *e)
{
    double value;
    return fk_expr_is_number(e, &value) && value == 0.0;
}

static bool one(const fk_expr *e)
{
    double value;
    return fk_expr_is_number(e, &value) && value == 1.0;
}

/* dx = (drift) dt + (g_1) o dW1 + ... */
static void print_line(const fk_sde *s, size_t i, const fk_expr *drift, const char *dot,
                       FILE *out)
{
    fputs("  d", out);
    print_expr(s->variable[i], out);
    fputs(" = (", out);
    print_expr(drift, out);
    fputs(") dt", out);
    for (size_t k = 0; k < s->noises; k++) {
        const fk_expr *g = s->noise[i * s->noises + k];
        if (zero(g))
            continue;
        fputs(" + ", out);
        if (!one(g)) {
            fputs("(", out);
            print_expr(g, out);
            fputs(") ", out);
        }
        fprintf(out, "%sdW%zu", dot, k + 1);
    }
    fputc('\n', out);
}

static void print_sde(const fk_sde *s, FILE *out)
{
    const char *dot = s->interpretation == FK_STRATONOVICH ? "o " : "";
    fprintf(out, "SDE (%s)\n",
            s->noises == 0 ? "no noise: an ordinary differential equation"
                           : fk_interpretation_name(s->interpretation));
    for (size_t i = 0; i < s->dim; i++)
        print_line(s, i, s->drift[i], dot, out);
    bool differs = false;
    for (size_t i = 0; i < s->dim; i++)
        differs = differs || s->ito[i] != s->drift[i];
    if (!differs)
        return;
    fprintf(out, "\nIto form\n");
    for (size_t i = 0; i < s->dim; i++)
        print_line(s, i, s->ito[i], "", out);
}

/* J_i = (b_i) p - (a_ij) d_j p */
static void print_current(const fk_sde *s, size_t i, FILE *out)
{
    fputs("  J_", out);
    print_expr(s->variable[i], out);
    fputs(" = (", out);
    print_expr(s->flux_drift[i], out);
    fputs(") p", out);
    for (size_t j = 0; j < s->dim; j++) {
        const fk_expr *a = s->diffusion[i * s->dim + j];
        if (zero(a))
            continue;
        fputs(" - (", out);
        print_expr(a, out);
        fputs(") dp/d", out);
        print_expr(s->variable[j], out);
    }
    fputc('\n', out);
}

void fk_print_equations(const fk_problem *p, FILE *out)
{
    const fk_sde *s = p->sde;
    print_sde(s, out);
    fprintf(out, "\n%s\n  dp/dt =",
            s->noises > 0 ? "Fokker-Planck equation" : "Continuity equation");
    for (size_t i = 0; i < s->dim; i++) {
        fputs(" - dJ_", out);
        print_expr(s->variable[i], out);
        fputs("/d", out);
        print_expr(s->variable[i], out);
    }
    fputc('\n', out);
    for (size_t i = 0; i < s->dim; i++)
        print_current(s, i, out);
    if (s->dim > 1 && s->interpretation == FK_HANGGI_KLIMONTOVICH &&
        fk_sde_endpoint_ambiguous(s))
        fprintf(out,
                "\nnote: for this noise matrix 'hanggi-klimontovich' (noise at the end "
                "point) and\n'kinetic' (current -a grad p) are different processes.\n");
}
