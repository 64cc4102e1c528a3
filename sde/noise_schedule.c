#include "sde/noise_schedule.h"

#include <gsl/gsl_chebyshev.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/program.h"
#include "sde/linear.h"

enum { ORDER = 20, FIRST_PANELS = 24, MOST_PANELS = 4000 };

static const double ROUNDING = 1e-14, NOISE = 1e-6, SHORT = 1e-9;

/* From a to b; ratio = sigma^2 / alpha^2. */
typedef struct panel {
    double a, b;
    double log_alpha, ratio;       /* at a */
    gsl_cheb_series *f, *growth;   /* f, and its integral from a */
    gsl_cheb_series *gain, *added; /* g^2 / alpha^2, and its integral from a */
} panel;

struct fk_noise_schedule {
    const fk_sde *sde; /* while it is made */
    size_t n;
    panel panel[MOST_PANELS];
    fk_program *program; /* drift [d] and a = G G^T / 2 [d][d], while it is made */
    double *x, *value, *scratch;
    bool other;  /* it is of another kind */
    bool finite; /* f and g^2 were, so far */
};

/* Notes if value[d], the drift at x = unit vector number j (or 0, j = d), is not f x. */
static void check_drift(fk_noise_schedule *s, size_t j, double f)
{
    for (size_t i = 0; i < s->sde->dim; i++)
        if (fabs(s->value[i] - (i == j ? f : 0.0)) > ROUNDING * fabs(f))
            s->other = true;
}

/* Notes if a is not g^2 I / 2. */
static void check_noise(fk_noise_schedule *s, double g2)
{
    const size_t d = s->sde->dim;
    for (size_t i = 0; i < d * d; i++)
        if (fabs(2.0 * s->value[d + i] - (i % (d + 1) == 0 ? g2 : 0.0)) > ROUNDING * g2)
            s->other = true;
}

/* f and g^2 at t; notes where the SDE, which is linear, is of another kind. */
static void coefficients(fk_noise_schedule *s, double t, double *f, double *g2)
{
    const size_t d = s->sde->dim;
    for (size_t j = 0; j <= d; j++) {
        for (size_t i = 0; i < d; i++)
            s->x[i] = i == j ? 1.0 : 0.0;
        fk_program_point(s->program, t, s->x, s->value, s->scratch);
        if (j == 0)
            *f = s->value[0];
        check_drift(s, j, *f);
    }
    *g2 = 2.0 * s->value[d];
    check_noise(s, *g2);
    if (!(isfinite(*f) && isfinite(*g2)))
        s->finite = false;
}

/* ---- one panel ---- */

typedef struct panel_of {
    fk_noise_schedule *s;
    const panel *p;
} panel_of;

static double f_at(double t, void *context)
{
    double f, g2;
    coefficients(((panel_of *)context)->s, t, &f, &g2);
    return f;
}

static double log_alpha_at(const panel *p, double t)
{
    return p->log_alpha + gsl_cheb_eval(p->growth, t) - gsl_cheb_eval(p->growth, p->a);
}

static double gain_at(double t, void *context)
{
    const panel_of *of = context;
    double f, g2;
    coefficients(of->s, t, &f, &g2);
    return g2 * exp(-2.0 * log_alpha_at(of->p, t));
}

static double ratio_at(const panel *p, double t)
{
    return p->ratio + gsl_cheb_eval(p->added, t) - gsl_cheb_eval(p->added, p->a);
}

static void release(panel *p)
{
    gsl_cheb_series *series[] = {p->f, p->growth, p->gain, p->added};
    for (size_t i = 0; i < 4; i++)
        if (series[i] != NULL)
            gsl_cheb_free(series[i]);
    *p = (panel){.a = p->a, .b = p->b, .log_alpha = p->log_alpha, .ratio = p->ratio};
}

/* The last coefficients are rounding: small, or small enough and no smaller than those in
 * the middle, as where the SDE's own formula loses digits. */
static bool resolved(const gsl_cheb_series *c)
{
    double most = 0.0;
    for (size_t i = 0; i <= ORDER; i++)
        most = fmax(most, fabs(c->c[i]));
    const double tail = fabs(c->c[ORDER]) + fabs(c->c[ORDER - 1]);
    const double middle = fabs(c->c[ORDER / 2]) + fabs(c->c[ORDER / 2 + 1]);
    return tail <= ROUNDING * most || (tail <= NOISE * most && tail >= 0.1 * middle);
}

/* The four series; *fine if they are as good as numbers are. */
static fk_status fit(fk_noise_schedule *s, panel *p, bool *fine)
{
    panel_of of = {s, p};
    gsl_function f = {f_at, &of}, gain = {gain_at, &of};
    p->f = gsl_cheb_alloc(ORDER), p->growth = gsl_cheb_alloc(ORDER);
    p->gain = gsl_cheb_alloc(ORDER), p->added = gsl_cheb_alloc(ORDER);
    if (p->f == NULL || p->growth == NULL || p->gain == NULL || p->added == NULL)
        return FK_ENOMEM;
    gsl_cheb_init(p->f, &f, p->a, p->b);
    gsl_cheb_calc_integ(p->growth, p->f);
    gsl_cheb_init(p->gain, &gain, p->a, p->b);
    gsl_cheb_calc_integ(p->added, p->gain);
    *fine = resolved(p->f) && resolved(p->gain);
    return s->finite ? FK_OK : FK_EDOMAIN;
}

/* ---- all panels ---- */

/* From the panel before, or the start, to b. */
static panel next(const fk_noise_schedule *s, double start, double b)
{
    const panel *before = s->n > 0 ? &s->panel[s->n - 1] : NULL;
    if (before == NULL)
        return (panel){.a = start, .b = b};
    return (panel){.a = before->b,
                   .b = b,
                   .log_alpha = log_alpha_at(before, before->b),
                   .ratio = ratio_at(before, before->b)};
}

/* Panels up to b, each halved until it is resolved, or short around a kink. */
static fk_status reach(fk_noise_schedule *s, double start, double b)
{
    double to = b;
    while (s->n == 0 || s->panel[s->n - 1].b < b) {
        if (s->n == MOST_PANELS)
            return FK_EDOMAIN;
        panel p = next(s, start, to);
        bool fine = false;
        const fk_status status = fit(s, &p, &fine);
        if (status == FK_OK && (fine || s->other || p.b - p.a <= SHORT * (b - start))) {
            s->panel[s->n++] = p;
            to = b;
            continue;
        }
        release(&p);
        to = p.a + 0.5 * (p.b - p.a);
        FK_TRY(status);
    }
    return FK_OK;
}

static fk_status compile(fk_noise_schedule *s)
{
    const size_t d = s->sde->dim;
    const fk_binding binding = fk_sde_binding(s->sde);
    const fk_expr **e = fk_alloc(d + d * d, sizeof *e);
    if (e == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < d; i++)
        e[i] = s->sde->ito[i];
    for (size_t i = 0; i < d * d; i++)
        e[d + i] = s->sde->diffusion[i];
    const fk_status status = fk_program_new(d + d * d, e, &binding, &s->program);
    free(e);
    FK_TRY(status);
    s->x = fk_doubles(d);
    s->value = fk_doubles(d + d * d);
    s->scratch = fk_doubles(fk_program_scratch(s->program));
    return s->x == NULL || s->value == NULL || s->scratch == NULL ? FK_ENOMEM : FK_OK;
}

static fk_status fill(fk_noise_schedule *s, double start, double end)
{
    FK_TRY(compile(s));
    for (int k = FIRST_PANELS - 1; k >= 0 && !s->other; k--)
        FK_TRY(reach(s, start, start + ldexp(end - start, -k)));
    return FK_OK;
}

fk_status fk_noise_schedule_new(const fk_sde *sde, double start, double end,
                                fk_noise_schedule **out)
{
    *out = NULL;
    if (!fk_sde_linear(sde))
        return FK_OK;
    fk_noise_schedule *s = calloc(1, sizeof *s);
    if (s == NULL)
        return FK_ENOMEM;
    s->sde = sde;
    s->finite = true;
    const fk_status status = fill(s, start, end);
    fk_program_free(s->program);
    free(s->x);
    free(s->value);
    free(s->scratch);
    if (status == FK_OK && !s->other) {
        *out = s;
        return FK_OK;
    }
    const bool other = s->other;
    fk_noise_schedule_free(s);
    return other && status != FK_ENOMEM ? FK_OK : status;
}

void fk_noise_schedule_free(fk_noise_schedule *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->n; i++)
        release(&s->panel[i]);
    free(s);
}

/* ---- asking ---- */

static fk_noise_level level(const panel *p, double t)
{
    const double log_alpha = log_alpha_at(p, t), ratio = fmax(ratio_at(p, t), 0.0);
    const double alpha = exp(log_alpha);
    return (fk_noise_level){.t = t,
                            .alpha = alpha,
                            .sigma = alpha * sqrt(ratio),
                            .lambda = -0.5 * log(ratio),
                            .pull = gsl_cheb_eval(p->f, t),
                            .power = gsl_cheb_eval(p->gain, t) * alpha * alpha};
}

fk_noise_level fk_noise_at(const fk_noise_schedule *s, double t)
{
    size_t low = 0, high = s->n; /* panel[low].a <= t < panel[high].a */
    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        *(s->panel[middle].a <= t ? &low : &high) = middle;
    }
    const panel *p = &s->panel[low];
    return level(p, t < p->a ? p->a : t > p->b ? p->b : t);
}

/* Newton's method on log ratio, kept within the panel by halving. */
static double solve(const panel *p, double ratio)
{
    double low = p->a, high = p->b, t = 0.5 * (low + high);
    for (int i = 0; i < 100 && low < high; i++) {
        const double value = ratio_at(p, t);
        *(value < ratio ? &low : &high) = t;
        const double step = log(ratio / value) * value / gsl_cheb_eval(p->gain, t);
        const double to =
            t + step > low && t + step < high ? t + step : 0.5 * (low + high);
        const bool done = fabs(to - t) <= 4e-16 * fabs(t);
        t = to;
        if (done)
            break;
    }
    return t;
}

fk_noise_level fk_noise_at_lambda(const fk_noise_schedule *s, double lambda)
{
    const double ratio = exp(-2.0 * lambda);
    const panel *last = &s->panel[s->n - 1];
    size_t low = 0, high = s->n;
    if (ratio >= ratio_at(last, last->b))
        return level(last, last->b);
    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        *(s->panel[middle].ratio <= ratio ? &low : &high) = middle;
    }
    if (!(ratio > 0.0))
        return level(&s->panel[0], s->panel[0].a);
    return level(&s->panel[low], solve(&s->panel[low], ratio));
}
