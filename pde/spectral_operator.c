#include "pde/spectral_operator.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

/* ---- making ---- */

static fk_status make_bases(fk_spectral_operator *op, const double *lo,
                            const double *hi, const size_t *modes)
{
    op->modes = op->points = 1;
    for (size_t i = 0; i < FK_GRID_DIM; i++) {
        const bool real = i < op->sde->dim;
        const fk_series series =
            real ? fk_basis_series(op->domain.face[i]) : FK_FOURIER;
        FK_TRY(fk_basis_make(series, real ? lo[i] : 0.0, real ? hi[i] - lo[i] : 1.0,
                             real ? modes[i] : 1, &op->basis[i]));
        if (!real)
            op->basis[i].points = 1;
        for (size_t side = 0; real && side < 2; side++) {
            op->ends[i][side] = op->domain.face[i][side] == FK_OPEN;
            if (op->domain.face[i][side] != FK_ABSORBING)
                continue;
            op->absorbs[i] = true;
            op->face_axis[op->n_faces] = i;
            op->face_side[op->n_faces++] = side;
        }
        op->modes *= op->basis[i].modes;
        op->points *= op->basis[i].points;
    }
    op->size = op->modes + op->n_faces;
    return FK_OK;
}

/* 0 at s <= 0, 1 at s >= 1, every derivative continuous */
static double rise(double s)
{
    if (s <= 0.0)
        return 0.0;
    return s >= 1.0 ? 1.0 : 1.0 / (1.0 + exp(1.0 / s - 1.0 / (1.0 - s)));
}

static fk_status make_axis_tables(fk_spectral_operator *op, size_t i)
{
    const fk_basis *b = &op->basis[i];
    op->window[i] = fk_doubles(b->points);
    op->integral[i] = fk_doubles(b->modes);
    if (op->window[i] == NULL || op->integral[i] == NULL)
        return FK_ENOMEM;
    fk_basis_integral(b, b->lo, b->lo + b->length, op->integral[i]);
    for (size_t j = 0; j < b->points; j++) {
        const double share = (fk_basis_point(b, j) - b->lo) / b->length;
        op->window[i][j] =
            (op->ends[i][0] ? rise(share / FK_SPECTRAL_COLLAR) : 1.0) *
            (op->ends[i][1] ? rise((1.0 - share) / FK_SPECTRAL_COLLAR) : 1.0);
    }
    return FK_OK;
}

static bool is_zero(const fk_expr *e)
{
    double value;
    return fk_expr_is_number(e, &value) && value == 0.0;
}

bool fk_spectral_idle(const fk_sde *s, const fk_domain *domain)
{
    bool idle = !fk_domain_has(domain, FK_ABSORBING);
    for (size_t i = 0; i < s->dim; i++) {
        idle = idle && is_zero(s->flux_drift[i]);
        for (size_t j = 0; j < s->dim; j++)
            idle = idle && (i == j ? !fk_sde_varies(s, s->diffusion[i * s->dim + i])
                                   : is_zero(s->diffusion[i * s->dim + j]));
    }
    return idle;
}

static fk_status make_terms(fk_spectral_operator *op)
{
    const fk_sde *s = op->sde;
    const fk_expr *e[FK_SPECTRAL_TERMS];
    const fk_binding binding = fk_sde_binding(s);
    op->steady = fk_sde_autonomous(s);
    op->idle = fk_spectral_idle(s, &op->domain);
    for (size_t k = 0; k < fk_spectral_terms(op); k++) {
        const bool off = k >= s->dim && (k - s->dim) % (s->dim + 1) != 0;
        fk_spectral_term *t = &op->term[k];
        e[k] = k < s->dim ? s->flux_drift[k] : s->diffusion[k - s->dim];
        t->zero = is_zero(e[k]);
        t->uniform = !fk_sde_varies(s, e[k]);
        const bool exact = k >= s->dim && !off && t->uniform;
        if (!t->zero && !exact && (t->field = fk_doubles(op->points)) == NULL)
            return FK_ENOMEM;
    }
    return fk_program_new(fk_spectral_terms(op), e, &binding, &op->program);
}

/* d_i p in the points serves a_ii that vary, other a_ji, and what leaves through absorbing
 * faces. */
static void find_slopes(fk_spectral_operator *op)
{
    for (size_t i = 0; i < op->sde->dim; i++) {
        op->sloped[i] = op->absorbs[i];
        for (size_t j = 0; j < op->sde->dim; j++)
            op->sloped[i] =
                op->sloped[i] || fk_spectral_diffusion(op, j, i)->field != NULL;
    }
}

static fk_status make_plans(fk_spectral_operator *op)
{
    const size_t dim = op->sde->dim;
    size_t n[FK_GRID_DIM];
    fk_series own[FK_GRID_DIM];
    for (size_t i = 0; i < dim; i++) {
        n[i] = op->basis[i].points;
        own[i] = op->basis[i].series;
    }
    FK_TRY(fk_synthesis_new(dim, n, own, &op->value));
    for (size_t i = 0; i < dim; i++) {
        fk_series turned[FK_GRID_DIM];
        memcpy(turned, own, sizeof turned);
        turned[i] = fk_series_dual(own[i]);
        if (op->sloped[i])
            FK_TRY(fk_synthesis_new(dim, n, turned, &op->slope[i]));
        FK_TRY(fk_analysis_new(dim, n, turned, &op->back[i]));
    }
    return FK_OK;
}

static fk_status make_work(fk_spectral_operator *op)
{
    op->density = fk_doubles(op->points);
    op->current = fk_doubles(op->points);
    op->speed = fk_doubles(op->points);
    op->rough = fk_doubles(op->points);
    bool whole = op->density != NULL && op->current != NULL && op->speed != NULL &&
                 op->rough != NULL;
    for (size_t i = 0; i < op->sde->dim; i++)
        if (op->sloped[i])
            whole = (op->gradient[i] = fk_doubles(op->points)) != NULL && whole;
    return whole ? FK_OK : FK_ENOMEM;
}

static fk_status build(fk_spectral_operator *op, const double *lo, const double *hi,
                       const size_t *modes)
{
    FK_TRY(make_bases(op, lo, hi, modes));
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        FK_TRY(make_axis_tables(op, i));
    FK_TRY(make_terms(op));
    find_slopes(op);
    if (op->idle)
        return FK_OK;
    FK_TRY(make_plans(op));
    return make_work(op);
}

fk_status fk_spectral_operator_new(const fk_sde *sde, const fk_domain *domain,
                                   const double *lo, const double *hi,
                                   const size_t *modes, fk_spectral_operator **out)
{
    *out = NULL;
    fk_spectral_operator *op = calloc(1, sizeof *op);
    if (op == NULL)
        return FK_ENOMEM;
    op->sde = sde;
    op->domain = *domain;
    const fk_status status = build(op, lo, hi, modes);
    if (status != FK_OK) {
        fk_spectral_operator_free(op);
        return status;
    }
    *out = op;
    return FK_OK;
}

void fk_spectral_operator_free(fk_spectral_operator *op)
{
    if (op == NULL)
        return;
    for (size_t i = 0; i < FK_GRID_DIM; i++) {
        fk_basis_clear(&op->basis[i]);
        fk_series_plan_free(op->slope[i]);
        fk_series_plan_free(op->back[i]);
        free(op->window[i]);
        free(op->integral[i]);
        free(op->gradient[i]);
    }
    for (size_t k = 0; k < FK_SPECTRAL_TERMS; k++)
        free(op->term[k].field);
    fk_series_plan_free(op->value);
    fk_program_free(op->program);
    free(op->density);
    free(op->current);
    free(op->speed);
    free(op->rough);
    free(op);
}

static double last_wave(const fk_basis *b)
{
    double most = 0.0;
    for (size_t m = 0; m < b->modes; m++)
        most = fmax(most, b->kappa[m]);
    return most;
}

/* ---- coefficients ---- */

/* Position of transform point `flat`, moved by `shift` of the way to the next one along every
 * axis, and the product of the windows at the point. */
static double locate(const fk_spectral_operator *op, size_t flat, double shift,
                     double *x)
{
    double window = 1.0;
    for (size_t i = 0; i < op->sde->dim; i++) {
        const size_t j = flat % op->basis[i].points;
        x[i] = fk_basis_point(&op->basis[i], j) +
               shift * op->basis[i].length / (double)op->basis[i].points;
        window *= op->window[i][j];
        flat /= op->basis[i].points;
    }
    return window;
}

typedef double block_row[FK_BLOCK];

/* A block of points: where they are, their windows, the values of all terms. */
typedef struct block {
    _Alignas(FK_ALIGN) block_row x[FK_GRID_DIM];
    _Alignas(FK_ALIGN) block_row out[FK_SPECTRAL_TERMS];
    block_row window;
} block;

static fk_status refuse(const fk_spectral_operator *op, size_t k, double value,
                        double t, const double *x, fk_message *message)
{
    const size_t dim = op->sde->dim;
    char place[128] = "";
    for (size_t i = 0, used = 0; i < dim && used < sizeof place; i++)
        used += (size_t)snprintf(place + used, sizeof place - used, "%s%g",
                                 i > 0 ? ", " : "", x[i]);
    if (k < dim)
        return fk_fail(message, FK_EDOMAIN,
                       "the drift of variable %zu (in flux form) is %g at (%s), t = %g",
                       k + 1, value, place, t);
    return fk_fail(message, FK_EDOMAIN,
                   "the diffusion tensor's entry %zu,%zu is %g at (%s), t = %g",
                   (k - dim) / dim + 1, (k - dim) % dim + 1, value, place, t);
}

/* All terms at time t in a block of points, moved by `shift` of the way to the next ones. */
static void evaluate(const fk_spectral_operator *op, double t, size_t first,
                     double shift, block *k, double *scratch)
{
    const size_t terms = fk_spectral_terms(op);
    const double *in[FK_GRID_DIM] = {k->x[0], k->x[1], k->x[2]};
    double *out[FK_SPECTRAL_TERMS], x[FK_GRID_DIM];
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const size_t flat = first + j < op->points ? first + j : first;
        k->window[j] = locate(op, flat, shift, x);
        for (size_t i = 0; i < op->sde->dim; i++)
            k->x[i][j] = x[i];
    }
    for (size_t m = 0; m < terms; m++)
        out[m] = op->term[m].zero ? NULL : k->out[m];
    fk_program_run(op->program, t, in, out, scratch);
}

static size_t in_block(const fk_spectral_operator *op, size_t first)
{
    return op->points - first < FK_BLOCK ? op->points - first : FK_BLOCK;
}

static fk_status add_block(fk_spectral_operator *op, double t, double weight,
                           size_t first, block *k, double *scratch, fk_message *message)
{
    const size_t dim = op->sde->dim, n = in_block(op, first);
    evaluate(op, t, first, 0.0, k, scratch);
    for (size_t m = 0; m < fk_spectral_terms(op); m++) {
        fk_spectral_term *term = &op->term[m];
        const bool diagonal = m >= dim && (m - dim) % (dim + 1) == 0;
        for (size_t j = 0; !term->zero && j < n; j++) {
            const double value = k->out[m][j];
            if (!isfinite(value) || (diagonal && value < 0.0)) {
                double x[FK_GRID_DIM];
                (void)locate(op, first + j, 0.0, x);
                return refuse(op, m, value, t, x, message);
            }
            if (term->field != NULL)
                term->field[first + j] +=
                    weight * value * (m < dim ? k->window[j] : 1.0);
        }
        if (!term->zero && first == 0)
            term->value += weight * k->out[m][0];
    }
    return FK_OK;
}

static fk_status add_terms(fk_spectral_operator *op, double t, double weight, block *k,
                           double *scratch, fk_message *message)
{
    const size_t points = op->idle ? 1 : op->points;
    for (size_t first = 0; first < points; first += FK_BLOCK)
        FK_TRY(add_block(op, t, weight, first, k, scratch, message));
    return FK_OK;
}

/* Mean of a field over the corners from point `flat` to the next ones; NaN where an axis
 * ends. */
static double mean_of_corners(const fk_spectral_operator *op, const double *field,
                              size_t flat)
{
    const size_t dim = op->sde->dim, corners = (size_t)1 << dim;
    double sum = 0.0;
    for (size_t k = 0; k < corners; k++) {
        size_t at = 0, stride = 1, rest = flat;
        for (size_t i = 0; i < dim; i++) {
            const fk_basis *b = &op->basis[i];
            const size_t next = rest % b->points + (k >> i & 1);
            if (next == b->points && b->series != FK_FOURIER)
                return (double)NAN;
            at += next % b->points * stride;
            stride *= b->points;
            rest /= b->points;
        }
        sum += field[at];
    }
    return sum / (double)corners;
}

/* With the waves kappa_i a drift b_i acts at the rate |b_i| kappa_i, a diffusion a_ij at
 * |a_ij| kappa_i kappa_j. */
static double rate_factor(const fk_spectral_operator *op, size_t m, const double *kappa)
{
    const size_t dim = op->sde->dim;
    return m < dim ? kappa[m] : kappa[(m - dim) / dim] * kappa[(m - dim) % dim];
}

static void measure_block(fk_spectral_operator *op, double t, const double *kappa,
                          size_t first, block *k, double *scratch)
{
    evaluate(op, t, first, 0.5, k, scratch);
    for (size_t j = 0; j < in_block(op, first); j++) {
        double *speed = &op->speed[first + j], *rough = &op->rough[first + j];
        *speed = *rough = 0.0;
        for (size_t m = 0; m < fk_spectral_terms(op); m++) {
            const double *field = op->term[m].field;
            if (field == NULL || op->term[m].uniform)
                continue;
            const double factor = rate_factor(op, m, kappa);
            const double mean = mean_of_corners(op, field, first + j);
            const double between =
                k->out[m][j] * (m < op->sde->dim ? k->window[j] : 1.0);
            *speed += factor * fmax(fabs(field[first + j]), fabs(between));
            if (isfinite(mean) && isfinite(between))
                *rough += factor * fabs(between - mean);
        }
    }
}

/* The terms of one time, halfway between the points. */
static void measure_roughness(fk_spectral_operator *op, double t, block *k,
                              double *scratch)
{
    double kappa[FK_GRID_DIM];
    for (size_t i = 0; i < op->sde->dim; i++)
        kappa[i] = last_wave(&op->basis[i]);
    for (size_t first = 0; first < op->points; first += FK_BLOCK)
        measure_block(op, t, kappa, first, k, scratch);
}

fk_status fk_spectral_operator_set(fk_spectral_operator *op, size_t n, const double *t,
                                   const double *weight, fk_message *message)
{
    block *k = fk_alloc(1, sizeof *k);
    double *scratch = fk_doubles(fk_program_scratch(op->program));
    fk_status status = k == NULL || scratch == NULL ? FK_ENOMEM : FK_OK;
    for (size_t m = 0; m < fk_spectral_terms(op); m++) {
        op->term[m].value = 0.0;
        if (op->term[m].field != NULL)
            memset(op->term[m].field, 0, op->points * sizeof(double));
    }
    for (size_t i = 0; status == FK_OK && i < n; i++)
        status = add_terms(op, t[i], weight[i], k, scratch, message);
    if (status == FK_OK && n == 1 && !op->idle)
        measure_roughness(op, t[0], k, scratch);
    free(k);
    free(scratch);
    return status;
}

/* ---- bounds ---- */

/* Largest of a term over the points; uniform ones at once. */
static double largest(const fk_spectral_operator *op, const fk_spectral_term *t)
{
    double most = fabs(t->value);
    for (size_t j = 0; t->field != NULL && j < op->points; j++)
        most = fmax(most, fabs(t->field[j]));
    return t->zero ? 0.0 : most;
}

/* With waves up to kappa_i the diffusion's values are within -d .. 0 and the drift's
 * within -i v .. i v,  v = max sum |b_i| kappa_i: (-d, v) and the origin are on the circle
 * of radius (d^2 + v^2) / (2 d), as is everything between them, -a k^2 + i b k.  Where
 * the drift rules, a smaller circle about -d/2 does, which reaches beyond the origin. */
double fk_spectral_operator_radius(const fk_spectral_operator *op)
{
    const size_t dim = op->sde->dim;
    double kappa[FK_GRID_DIM], root = 0.0, d = 0.0, v = 0.0;
    bool cross = false;
    for (size_t i = 0; i < dim; i++) {
        kappa[i] = last_wave(&op->basis[i]);
        const double most = largest(op, fk_spectral_diffusion(op, i, i));
        d += most * kappa[i] * kappa[i];
        root += sqrt(most) * kappa[i];
        for (size_t j = 0; j < i; j++)
            cross = cross || !fk_spectral_diffusion(op, i, j)->zero;
    }
    d = cross ? root * root : d;
    for (size_t j = 0; j < op->points; j++) {
        double speed = 0.0;
        for (size_t i = 0; i < dim; i++)
            if (op->term[i].field != NULL)
                speed += fabs(op->term[i].field[j]) * kappa[i];
        v = fmax(v, speed);
    }
    const double small = 0.5 * d + v;
    return d > 0.0 ? fmin(0.5 * (d + v * v / d), 2.0 * small) : 2.0 * small;
}

void fk_spectral_operator_rates(const fk_spectral_operator *op, double *rate)
{
    for (size_t flat = 0; flat < op->modes; flat++) {
        size_t rest = flat;
        rate[flat] = 0.0;
        for (size_t i = 0; i < op->sde->dim; i++) {
            const double kappa = op->basis[i].kappa[rest % op->basis[i].modes];
            rate[flat] -= fk_spectral_diffusion(op, i, i)->value * kappa * kappa;
            rest /= op->basis[i].modes;
        }
    }
}
