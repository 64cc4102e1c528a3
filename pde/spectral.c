#include "pde/spectral.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/memory.h"
#include "pde/spectral_parts.h"

enum {
    FIRST_MODES = 16, /* along each axis, to begin with */
    MATRIX_MOST = 400 /* coefficients whose propagator is made as a matrix */
};

/* ---- bases and work arrays ---- */

static void drop_work(fk_spectral *s)
{
    free(s->before);
    free(s->pair);
    free(s->work);
    free(s->generator);
    free(s->propagator);
    s->before = s->pair = s->work = s->generator = s->propagator = NULL;
}

/* After the operator was made: room for its size, and its terms. */
static fk_status ready(fk_spectral *s, fk_message *message)
{
    const size_t n = s->op->size;
    drop_work(s);
    s->before = fk_doubles(n);
    s->pair = fk_doubles(n);
    s->work = fk_doubles(2 * n);
    if (s->before == NULL || s->pair == NULL || s->work == NULL)
        return FK_ENOMEM;
    if (s->op->steady && !s->op->idle && n <= MATRIX_MOST) {
        s->generator = fk_doubles(n * n);
        s->propagator = fk_doubles(n * n);
        if (s->generator == NULL || s->propagator == NULL)
            return FK_ENOMEM;
    }
    return fk_spectral_prepare(s, message);
}

static fk_status make_operator(const fk_spectral *s, const fk_spectral_shape *shape,
                               fk_spectral_operator **op)
{
    return fk_spectral_operator_new(s->sde, &s->domain, shape->lo, shape->hi,
                                    shape->modes, op);
}

/* True where each mode decays by itself at a constant rate: then none influences another,
 * any law will do, and more modes can be had of it at any time. */
static bool by_modes(const fk_spectral *s)
{
    return fk_spectral_idle(s->sde, &s->domain) && fk_sde_autonomous(s->sde);
}

/* ---- the beginning ---- */

/* The initial law on the present shape, and the shape that it asks for. */
static fk_status try_law(const fk_spectral *s, fk_basis *basis, double **c,
                         fk_spectral_shape *next, fk_message *message)
{
    double tail, collar;
    size_t n = 1;
    for (size_t i = 0; i < FK_GRID_DIM; i++) {
        const bool real = i < s->sde->dim;
        const fk_spectral_shape *now = &s->shape;
        FK_TRY(fk_basis_make(
            real ? fk_spectral_series(s, i) : FK_FOURIER, real ? now->lo[i] : 0.0,
            real ? now->hi[i] - now->lo[i] : 1.0, real ? now->modes[i] : 1, &basis[i]));
        n *= basis[i].modes;
    }
    *c = fk_doubles(n);
    if (*c == NULL)
        return FK_ENOMEM;
    FK_TRY(fk_spectral_law(s->law, &s->domain, basis, *c));
    return fk_spectral_look(s, basis, *c, next, &tail, &collar, message);
}

/* Modes and box enough for the initial law. */
static fk_status choose_shape(fk_spectral *s, fk_message *message)
{
    for (bool enough = false; !enough;) {
        fk_basis basis[FK_GRID_DIM] = {{.modes = 0}};
        fk_spectral_shape next = s->shape;
        double *c = NULL;
        const fk_status status = try_law(s, basis, &c, &next, message);
        for (size_t i = 0; i < FK_GRID_DIM; i++)
            fk_basis_clear(&basis[i]);
        free(c);
        if (status != FK_OK)
            return status;
        enough = fk_spectral_same_shape(&next, &s->shape);
        s->shape = next;
    }
    return FK_OK;
}

/* A single Gaussian's spectrum falls; others may have waves beyond a gap. */
static bool has_gaps(const fk_law *law)
{
    const fk_mixture *m = fk_law_mixture(law);
    return m == NULL || m->components > 1;
}

/* The modes' averages are those of the law, or there are to be more of them. */
static fk_status check_law(fk_spectral *s, bool *enough, fk_message *message)
{
    double *law = fk_doubles(s->cells), outside;
    if (law == NULL)
        return FK_ENOMEM;
    fk_status status = fk_law_project(s->law, &s->domain.grid, law, &outside);
    if (status == FK_OK)
        status = fk_spectral_measure(s);
    const double far = fk_density_l1(&s->domain.grid, s->density, law);
    *enough = far <= 10.0 * s->options.tolerance + 2.0 * fabs(outside) + 1e-12;
    free(law);
    if (status != FK_OK || *enough)
        return status;
    return fk_spectral_more_modes(s, &s->shape, "the initial law turns more often",
                                  message);
}

static fk_status put_law(fk_spectral *s, fk_message *message)
{
    fk_spectral_operator_free(s->op);
    free(s->y);
    s->op = NULL;
    s->y = NULL;
    if (!by_modes(s))
        FK_TRY(choose_shape(s, message));
    FK_TRY(make_operator(s, &s->shape, &s->op));
    s->y = fk_doubles(s->op->size);
    if (s->y == NULL)
        return FK_ENOMEM;
    return fk_spectral_law(s->law, &s->domain, s->op->basis, s->y);
}

static fk_status begin(fk_spectral *s, fk_message *message)
{
    s->density = fk_doubles(s->cells);
    if (s->density == NULL)
        return FK_ENOMEM;
    for (bool enough = false; !enough;) {
        FK_TRY(put_law(s, message));
        enough = true;
        if (!by_modes(s) && has_gaps(s->law))
            FK_TRY(check_law(s, &enough, message));
    }
    FK_TRY(ready(s, message));
    FK_TRY(fk_law_project(s->law, &s->domain.grid, s->density, NULL));
    s->ledger.inside = fk_density_mass(&s->domain.grid, s->density);
    s->ledger.minimum = fk_density_min(&s->domain.grid, s->density);
    const fk_basis *b = s->op->basis;
    return fk_spectral_slab(b, s->y, 0, b->lo, b->lo + b->length, NULL, &s->mass);
}

fk_status fk_spectral_new(const fk_sde *sde, const fk_domain *domain, const fk_law *law,
                          double t, const fk_spectral_options *o, fk_spectral **out,
                          fk_message *message)
{
    assert(sde->dim == domain->grid.dim && o->tolerance > 0.0 && o->span > 0.0);
    *out = NULL;
    if (!fk_sde_continuous(sde))
        return fk_fail(message, FK_EDOMAIN,
                       "it has no term for jumps and stable noise");
    if (fk_sde_interacts(sde))
        return fk_fail(
            message, FK_EDOMAIN,
            "its equation is linear, in this one drift or noise depend on the "
            "density");
    if (fk_domain_has(domain, FK_PARTIAL))
        return fk_fail(message, FK_EDOMAIN,
                       "a series of sines and cosines does not fit a partial face");
    if (fk_domain_moves(domain))
        return fk_fail(message, FK_EDOMAIN, "its walls are at rest, these move");
    if (fk_grid_stretched(&domain->grid))
        return fk_fail(message, FK_EDOMAIN, "its axes are even, here one has a map");
    fk_spectral *s = calloc(1, sizeof *s);
    if (s == NULL)
        return FK_ENOMEM;
    s->sde = sde;
    s->law = law;
    s->domain = *domain;
    s->options = *o;
    s->begin = s->time = t;
    s->cells = fk_grid_cells(&domain->grid);
    for (size_t i = 0; i < sde->dim; i++) {
        s->shape.lo[i] = domain->grid.axis[i].lo;
        s->shape.hi[i] = domain->grid.axis[i].hi;
        s->shape.modes[i] = fk_basis_modes(fk_spectral_series(s, i), FIRST_MODES);
    }
    const fk_status status = begin(s, message);
    if (status != FK_OK) {
        fk_spectral_free(s);
        return status;
    }
    *out = s;
    return FK_OK;
}

void fk_spectral_free(fk_spectral *s)
{
    if (s == NULL)
        return;
    drop_work(s);
    fk_spectral_operator_free(s->op);
    free(s->y);
    free(s->density);
    free(s);
}

/* ---- on the way ---- */

/* The density on another shape. */
static fk_status change_shape(fk_spectral *s, const fk_spectral_shape *next,
                              fk_message *message)
{
    fk_spectral_operator *old = s->op, *op = NULL;
    FK_TRY(make_operator(s, next, &op));
    double *y = fk_doubles(op->size);
    fk_status status =
        y == NULL ? FK_ENOMEM : fk_spectral_carry(old->basis, op->basis, s->y, y);
    if (status != FK_OK) {
        free(y);
        fk_spectral_operator_free(op);
        return status;
    }
    memcpy(y + op->modes, s->y + old->modes, op->n_faces * sizeof *y);
    free(s->y);
    fk_spectral_operator_free(old);
    s->y = y;
    s->op = op;
    s->shape = *next;
    FK_TRY(ready(s, message));
    if (!by_modes(s))
        return FK_OK;
    FK_TRY(fk_spectral_law(s->law, &s->domain, s->op->basis, s->y));
    fk_spectral_decay(s, s->time - s->begin, s->y);
    return FK_OK;
}

/* What a step of length h showed. */
typedef struct step_report {
    double error, tail, collar;
    bool allowed;           /* the error in time */
    fk_spectral_shape next; /* what the density asks for */
} step_report;

static fk_status step_and_look(fk_spectral *s, double h, step_report *r,
                               fk_message *message)
{
    FK_TRY(fk_spectral_step(s, h, &r->error, message));
    if (!isfinite(fk_spectral_tail(s->op->basis, 0, s->y)))
        return fk_fail(message, FK_ECONVERGE, "the density at t = %g is not finite",
                       s->time + h);
    r->allowed = fk_spectral_allows(s, h, r->error);
    FK_TRY(fk_spectral_look(s, s->op->basis, s->y, &r->next, &r->tail, &r->collar,
                            message));
    return fk_spectral_same_shape(&r->next, &s->shape)
               ? fk_spectral_look_at_terms(s, &r->next, message)
               : FK_OK;
}

/* A step towards t_end, kept if its end shows that modes, box and length did. */
static fk_status try_step(fk_spectral *s, double t_end, fk_message *message)
{
    const double h = fk_spectral_length(s, t_end), rest = t_end - s->time;
    step_report r;
    memcpy(s->before, s->y, s->op->size * sizeof *s->y);
    const fk_status status = step_and_look(s, h, &r, message);
    const bool fits = status == FK_OK && fk_spectral_same_shape(&r.next, &s->shape);
    if (!fits || !r.allowed) {
        memcpy(s->y, s->before, s->op->size * sizeof *s->y);
        s->ledger.rejected++;
        return status != FK_OK || fits ? status : change_shape(s, &r.next, message);
    }
    s->time = rest - h <= 1e-12 * rest ? t_end : s->time + h;
    s->tail = fmax(s->tail, r.tail);
    s->collar = fmax(s->collar, r.collar);
    s->ledger.steps++;
    s->ledger.time_error += r.error;
    return FK_OK;
}

fk_status fk_spectral_advance(fk_spectral *s, double t_end, const fk_progress *progress,
                              fk_message *message)
{
    assert(t_end >= s->time);
    if (t_end == s->time)
        return FK_OK;
    fk_status status = FK_OK;
    while (status == FK_OK && s->time < t_end) {
        fk_progress_report(progress, s->time - s->begin, s->options.span);
        status = fk_progress_stopped(progress)
                     ? fk_fail(message, FK_EINTERRUPTED, "stopped at t = %g", s->time)
                     : try_step(s, t_end, message);
    }
    const fk_status measured = fk_spectral_measure(s);
    fk_progress_report(progress, s->time - s->begin, s->options.span);
    return status != FK_OK ? status : measured;
}

/* ---- what is asked ---- */

const double *fk_spectral_density(const fk_spectral *s)
{
    return s->density;
}

double fk_spectral_time(const fk_spectral *s)
{
    return s->time;
}

void fk_spectral_ledger(const fk_spectral *s, fk_ledger *out)
{
    *out = s->ledger;
    out->grid_error = s->tail + s->collar;
    if (s->options.step > 0.0 && !s->op->steady)
        out->time_error = (double)NAN;
    double total = out->inside;
    for (size_t a = 0; a < FK_GRID_DIM; a++)
        total += out->left[a][0] + out->left[a][1];
    out->defect = total - s->mass;
}

static const char *way(const fk_spectral *s)
{
    if (!s->op->steady)
        return "exponentials at two Gauss points a step (Magnus)";
    if (s->op->idle)
        return "each mode by itself, exact";
    return s->generator != NULL ? "the operator's exponential as a matrix"
                                : "the action of the operator's exponential";
}

void fk_spectral_report_on(const fk_spectral *s, fk_spectral_report *out)
{
    *out = (fk_spectral_report){
        .dim = s->sde->dim, .tail = s->tail, .collar = s->collar, .way = way(s)};
    for (size_t i = 0; i < s->sde->dim; i++) {
        out->modes[i] = s->shape.modes[i];
        out->lo[i] = s->shape.lo[i];
        out->hi[i] = s->shape.hi[i];
    }
}
