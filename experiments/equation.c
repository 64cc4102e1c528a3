#include "experiments/equation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sde/stretched.h"

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

/* + (g) dW1, where g is not zero */
static void print_term(const fk_expr *g, const char *dot, const char *of, size_t k,
                       FILE *out)
{
    if (zero(g))
        return;
    fputs(" + ", out);
    if (!one(g)) {
        fputs("(", out);
        print_expr(g, out);
        fputs(") ", out);
    }
    fprintf(out, "%sd%s%zu", dot, of, k + 1);
}

/* dx = (drift) dt + (g_1) o dW1 + ... + (c_1 - x) dN1 + ... + (s_1) dL1 + ... */
static void print_line(const fk_sde *s, size_t i, const fk_expr *drift, const char *dot,
                       FILE *out)
{
    fputs("  d", out);
    print_expr(s->variable[i], out);
    fputs(" = (", out);
    print_expr(drift, out);
    fputs(") dt", out);
    for (size_t k = 0; k < s->noises; k++)
        print_term(s->noise[i * s->noises + k], dot, "W", k, out);
    for (size_t k = 0; k < s->n_jumps; k++)
        print_term(fk_sde_jump_change(s, k, i), "", "N", k, out);
    for (size_t k = 0; k < s->n_stables; k++)
        print_term(s->stable[k].scale[i], "", "L", k, out);
    fputc('\n', out);
}

/* "dN1: jumps at the rate lam, z gaussian, mean 0, sd 0.3" */
static void print_jumps(const fk_sde *s, FILE *out)
{
    for (size_t k = 0; k < s->n_jumps; k++) {
        const fk_jump *jump = &s->jump[k];
        char *law = fk_mark_text(&jump->law);
        fprintf(out, "  dN%zu: jumps at the rate ", k + 1);
        print_expr(jump->rate, out);
        if (law != NULL && law[0] != '\0') {
            fputs(", ", out);
            print_expr(jump->mark, out);
            fprintf(out, " %s", law);
        }
        fputc('\n', out);
        free(law);
    }
}

static void print_stables(const fk_sde *s, FILE *out)
{
    for (size_t k = 0; k < s->n_stables; k++)
        fprintf(out, "  dL%zu: stable increments, alpha %g, skewness %g\n", k + 1,
                s->stable[k].alpha, s->stable[k].beta);
}

static void print_sde(const fk_sde *s, FILE *out)
{
    const char *dot = s->interpretation == FK_STRATONOVICH ? "o " : "";
    const bool ode = s->noises == 0 && fk_sde_continuous(s);
    fprintf(out, "SDE (%s)\n",
            ode ? "no noise: an ordinary differential equation"
                : fk_interpretation_name(s->interpretation));
    for (size_t i = 0; i < s->dim; i++)
        print_line(s, i, s->drift[i], dot, out);
    print_jumps(s, out);
    print_stables(s, out);
    bool differs = false;
    for (size_t i = 0; i < s->dim; i++)
        differs = differs || s->ito[i] != s->drift[i];
    if (!differs)
        return;
    fprintf(out, "\nIto form\n");
    for (size_t i = 0; i < s->dim; i++)
        print_line(s, i, s->ito[i], "", out);
}

/* J_i = (b_i) p - (a_ij) d_j p, p called by a letter */
static void print_current(const fk_sde *s, size_t i, char p, FILE *out)
{
    fputs("  J_", out);
    print_expr(s->variable[i], out);
    fputs(" = (", out);
    print_expr(s->flux_drift[i], out);
    fprintf(out, ") %c", p);
    for (size_t j = 0; j < s->dim; j++) {
        const fk_expr *a = s->diffusion[i * s->dim + j];
        if (zero(a))
            continue;
        fputs(" - (", out);
        print_expr(a, out);
        fprintf(out, ") d%c/d", p);
        print_expr(s->variable[j], out);
    }
    fputc('\n', out);
}

/* dp/dt = - dJ_x/dx - ... */
static void print_balance(const fk_sde *s, char p, FILE *out)
{
    fprintf(out, "  d%c/dt =", p);
    for (size_t i = 0; i < s->dim; i++) {
        fputs(" - dJ_", out);
        print_expr(s->variable[i], out);
        fputs("/d", out);
        print_expr(s->variable[i], out);
    }
}

/* (e_1, e_2), or e_1 alone */
static void print_tuple(size_t n, const fk_expr *const *e, FILE *out)
{
    for (size_t i = 0; i < n; i++) {
        fputs(i > 0 ? ", " : n > 1 ? "(" : "", out);
        print_expr(e[i], out);
    }
    fputs(n > 1 ? ")" : "", out);
}

/* What comes from the states before a jump, and what leaves those here. */
static void print_integral(const fk_sde *s, size_t k, FILE *out)
{
    const fk_jump *jump = &s->jump[k];
    const size_t n = k + 1;
    fprintf(out, "  K%zu = int q%zu r%zu p - r%zu p,  r%zu = ", n, n, n, n, n);
    print_expr(jump->rate, out);
    fprintf(
        out,
        ";\n       the integral over the states before a jump, q%zu the density of ",
        n);
    print_tuple(s->dim, jump->to, out);
    fputc('\n', out);
}

/* S1 = -D^a (abs(s)^a p) - c d D^(a - 1) (sign(s) abs(s)^a p),  c = beta tan(pi a/2) */
static void print_fractional(const fk_sde *s, size_t k, FILE *out)
{
    const double a = s->stable[k].alpha;
    const double c = a == 1.0 ? 0.0 : s->stable[k].beta * tan(0.5 * M_PI * a);
    fprintf(out, "  S%zu = -D^%g (abs(s)^%g p)", k + 1, a, a);
    if (c != 0.0)
        fprintf(out, " %c %g d D^%g (sign(s) abs(s)^%g p)", c < 0.0 ? '+' : '-',
                fabs(c), a - 1.0, a);
    fputs(",  s = ", out);
    print_expr(s->stable[k].scale[0], out);
    fputs(",  d = d/d", out);
    print_expr(s->variable[0], out);
    fputs(",  D = sqrt(-d^2)\n", out);
}

/* The adjoint of what the noise does to a function along its scales. */
static void print_directed(const fk_sde *s, size_t k, FILE *out)
{
    const double a = s->stable[k].alpha;
    const double c = a == 1.0 ? 0.0 : s->stable[k].beta * tan(0.5 * M_PI * a);
    fprintf(out, "  S%zu = adjoint of -D^%g", k + 1, a);
    if (c != 0.0)
        fprintf(out, " %c %g d D^%g", c < 0.0 ? '-' : '+', fabs(c), a - 1.0);
    fputs(" on p,  D = sqrt(-d^2),  d = s.grad with s held,  s = ", out);
    print_tuple(s->dim, s->stable[k].scale, out);
    fputc('\n', out);
}

/* What the equation takes from its own law. */
static void print_law(const fk_sde *s, FILE *out)
{
    bool convolves = false;
    for (size_t i = 0; i < s->dim; i++)
        convolves = convolves || fk_expr_convolves(s->flux_drift[i]);
    for (size_t k = 0; k < s->dim * s->dim; k++)
        convolves = convolves || fk_expr_convolves(s->diffusion[k]);
    if (fk_sde_interacts(s))
        fprintf(out, "  mean(u) = int u p%s: the density itself, or all particles\n",
                convolves ? ", conv(K) = int K(x - y) p(y) dy" : "");
}

void fk_print_equations(const fk_problem *p, FILE *out)
{
    const fk_sde *s = p->sde;
    print_sde(s, out);
    fprintf(out, "\n%s\n",
            s->noises > 0 || !fk_sde_continuous(s) ? "Fokker-Planck equation"
                                                   : "Continuity equation");
    print_balance(s, 'p', out);
    for (size_t k = 0; k < s->n_jumps; k++)
        fprintf(out, " + K%zu", k + 1);
    for (size_t k = 0; k < s->n_stables; k++)
        fprintf(out, " + S%zu", k + 1);
    if (s->killing != NULL) {
        fputs(" - (", out);
        print_expr(s->killing, out);
        fputs(") p", out);
    }
    if (p->source != NULL) {
        fputs(" + ", out);
        print_expr(p->source, out);
    }
    fputc('\n', out);
    for (size_t i = 0; i < s->dim; i++)
        print_current(s, i, 'p', out);
    print_law(s, out);
    for (size_t k = 0; k < s->n_jumps; k++)
        print_integral(s, k, out);
    for (size_t k = 0; k < s->n_stables; k++)
        (s->dim == 1 ? print_fractional : print_directed)(s, k, out);
    if (s->dim > 1 && s->interpretation == FK_HANGGI_KLIMONTOVICH &&
        fk_sde_endpoint_ambiguous(s))
        fprintf(out,
                "\nnote: for this noise matrix 'hanggi-klimontovich' (noise at the end "
                "point) and\n'kinetic' (current -a grad p) are different processes.\n");
}

/* The symbols of the even coordinates: u, or u_x, u_y where several axes are stretched. */
static void name_coordinates(const fk_sde *s, const fk_grid *g, const fk_expr **name)
{
    size_t stretched = 0;
    for (size_t i = 0; i < s->dim; i++)
        stretched += g->axis[i].stretch != NULL;
    for (size_t i = 0; i < s->dim; i++) {
        char text[256] = "u", *own = fk_expr_print(s->variable[i], FK_EXPR_TEXT);
        if (stretched > 1)
            snprintf(text, sizeof text, "u_%s", own != NULL ? own : "");
        free(own);
        name[i] =
            g->axis[i].stretch == NULL ? s->variable[i] : fk_expr_symbol(s->pool, text);
    }
}

fk_status fk_print_even_equation(const fk_problem *p, FILE *out)
{
    const fk_expr *name[FK_GRID_DIM], *b[FK_GRID_DIM], *a[FK_GRID_DIM * FK_GRID_DIM];
    fk_sde *framed;
    fk_domain even;
    if (!p->has_domain || !fk_sde_continuous(p->sde) ||
        !fk_grid_stretched(&p->domain.grid))
        return FK_OK;
    FK_TRY(fk_stretched_frame(p->sde, &p->domain, &framed, &even));
    const size_t d = framed->dim;
    name_coordinates(framed, &p->domain.grid, name);
    for (size_t i = 0; i < d; i++)
        b[i] = fk_expr_substitute(framed->pool, framed->flux_drift[i], d,
                                  framed->variable, name);
    for (size_t i = 0; i < d * d; i++)
        a[i] = fk_expr_substitute(framed->pool, framed->diffusion[i], d,
                                  framed->variable, name);
    fk_sde shown = *framed;
    shown.variable = name;
    shown.flux_drift = b;
    shown.diffusion = a;
    fprintf(out, "\nThe same where cells are even, q the density there\n");
    print_balance(&shown, 'q', out);
    fputc('\n', out);
    for (size_t i = 0; i < d; i++)
        print_current(&shown, i, 'q', out);
    fk_sde_free(framed);
    return FK_OK;
}
