#include "experiments/sampler_score.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "sde/linear.h"
#include "sde/score_perturbed.h"

enum { TIMES = 64, BLOCKS = 16 };

/* ---- the score ---- */

static bool perturbs(const fk_problem_sampler *p)
{
    return p->error_scale != 0.0 || p->error_bias != 0.0 || p->error_rms > 0.0;
}

bool fk_sampler_score_exact(const fk_sampler_problem *s)
{
    return s->source == FK_SCORE_EXACT && !perturbs(&s->problem->sampler);
}

/* Errors are in units of the noise, as those of networks that predict noise are. */
static fk_status perturb(const fk_sampler_problem *s, size_t n_times,
                         const double *time, fk_sampler_score *out)
{
    const fk_problem_sampler *p = &s->problem->sampler;
    double *unit = fk_doubles(n_times), *bias = fk_doubles(s->dim);
    fk_status status = unit == NULL || bias == NULL ? FK_ENOMEM : FK_OK;
    for (size_t k = 0; k < n_times && status == FK_OK; k++)
        unit[k] =
            s->schedule != NULL ? 1.0 / fk_noise_at(s->schedule, time[k]).sigma : 1.0;
    for (size_t i = 0; i < s->dim && status == FK_OK; i++)
        bias[i] = p->error_bias;
    const fk_score_error error = {.scale = p->error_scale,
                                  .bias = bias,
                                  .rms = p->error_rms,
                                  .length = p->error_length,
                                  .seed = p->seed,
                                  .unit = unit};
    out->base = out->score;
    out->score = NULL;
    if (status == FK_OK)
        status = fk_score_perturbed_new(out->base, &error, &out->score);
    free(unit);
    free(bias);
    return status;
}

fk_status fk_sampler_score_make(const fk_sampler_problem *s, size_t n_times,
                                const double *time, fk_sampler_score *out,
                                fk_message *message)
{
    *out = (fk_sampler_score){.score = NULL};
    FK_TRY(fk_sampler_problem_score(s, n_times, time, &out->score, message));
    return perturbs(&s->problem->sampler) ? perturb(s, n_times, time, out) : FK_OK;
}

void fk_sampler_score_clear(fk_sampler_score *s)
{
    fk_score_free(s->score);
    fk_score_free(s->base);
    *s = (fk_sampler_score){.score = NULL};
}

/* ---- its distance from the truth ---- */

typedef struct gaps {
    double square, square2; /* of |s^ - s|^2: mean over points, and of its square */
    double strength;        /* of |s|^2 */
    double drift, drift2;   /* of (s^ - s)^T Q (s^ - s) */
} gaps;

/* Adds one block at time number k. */
static void add_block(size_t d, const double *Q, double *const *a, double *const *b,
                      gaps *sum)
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        double square = 0.0, strength = 0.0, drift = 0.0;
        for (size_t i = 0; i < d; i++) {
            const double gap = a[i][j] - b[i][j];
            square += gap * gap;
            strength += b[i][j] * b[i][j];
            for (size_t m = 0; m < d; m++)
                drift += gap * Q[i * d + m] * (a[m][j] - b[m][j]);
        }
        sum->square += square;
        sum->square2 += square * square;
        sum->strength += strength;
        sum->drift += drift;
        sum->drift2 += drift * drift;
    }
}

/* Rows of blocks, and what scores need beside them. */
typedef struct rows {
    double *block, **x, **a, **b, *scratch, *Q;
} rows;

static fk_status make_rows(size_t d, size_t scratch, rows *r)
{
    r->block = fk_doubles(3 * d * FK_BLOCK);
    r->x = fk_alloc(3 * d, sizeof *r->x);
    r->scratch = fk_doubles(scratch + 2 * d * d + d);
    if (r->block == NULL || r->x == NULL || r->scratch == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < 3 * d; i++)
        r->x[i] = r->block + i * FK_BLOCK;
    r->a = r->x + d;
    r->b = r->x + 2 * d;
    r->Q = r->scratch + scratch;
    return FK_OK;
}

static void clear_rows(rows *r)
{
    free(r->block);
    free(r->x);
    free(r->scratch);
}

static fk_status measure_time(const fk_sampler_problem *s, const fk_score *found,
                              const fk_score *exact, size_t k, rows *r, gaps *sum)
{
    const size_t d = s->dim;
    const double t = exact->time[k];
    fk_mixture *m = NULL;
    fk_law *law = NULL;
    *sum = (gaps){0};
    FK_TRY(fk_linear_coefficients(s->problem->sde, t, r->Q + d * d, r->Q + 2 * d * d,
                                  r->Q));
    fk_status status = fk_sampler_problem_law(s, t, &m);
    if (status == FK_OK)
        status = fk_law_mixture_new(m, &law);
    for (size_t b = 0; b < BLOCKS && status == FK_OK; b++) {
        fk_law_draw(law, s->problem->sampler.seed, FK_FOR_JUDGING,
                    (k * BLOCKS + b) * FK_BLOCK, r->x);
        found->eval(found, k, (const double *const *)r->x, r->a, r->scratch);
        exact->eval(exact, k, (const double *const *)r->x, r->b, r->scratch);
        add_block(d, r->Q, r->a, r->b, sum);
    }
    fk_law_free(law);
    fk_mixture_free(m);
    return status;
}

static double variance_of_mean(double sum, double square)
{
    const double n = (double)BLOCKS * FK_BLOCK, mean = sum / n;
    return fmax(square / n - mean * mean, 0.0) / n;
}

/* Trapezoidal rule over time, each point with its own variance. */
static void add_time(const double *time, size_t k, const gaps *sum, fk_score_gap *out)
{
    const double n = (double)BLOCKS * FK_BLOCK;
    const double before = k > 0 ? time[k] - time[k - 1] : 0.0,
                 after = k + 1 < TIMES ? time[k + 1] - time[k] : 0.0;
    const double weight = 0.5 * (before + after);
    out->square += sum->square / n / TIMES;
    out->its_error += variance_of_mean(sum->square, sum->square2) / (TIMES * TIMES);
    out->strength += sum->strength / n / TIMES;
    out->bound += 0.5 * weight * sum->drift / n;
    out->bound_error +=
        0.25 * weight * weight * variance_of_mean(sum->drift, sum->drift2);
}

static fk_status measure(const fk_sampler_problem *s, const double *time,
                         const fk_score *found, const fk_score *exact,
                         fk_score_gap *out)
{
    rows r = {.block = NULL};
    const size_t scratch =
        found->scratch > exact->scratch ? found->scratch : exact->scratch;
    fk_status status = make_rows(s->dim, scratch, &r);
    for (size_t k = 0; k < TIMES && status == FK_OK; k++) {
        gaps sum;
        status = measure_time(s, found, exact, k, &r, &sum);
        if (status == FK_OK)
            add_time(time, k, &sum, out);
    }
    clear_rows(&r);
    out->its_error = sqrt(out->its_error);
    out->bound_error = sqrt(out->bound_error);
    out->known = status == FK_OK;
    return status;
}

fk_status fk_sampler_score_gap(const fk_sampler_problem *s, fk_score_gap *out,
                               fk_message *message)
{
    double time[TIMES];
    fk_sampler_score found;
    fk_score *exact = NULL;
    *out = (fk_score_gap){.known = false};
    if (s->data == NULL || fk_sampler_score_exact(s))
        return FK_OK;
    for (size_t k = 0; k < TIMES; k++)
        time[k] = s->first * pow(s->last / s->first, (double)k / (TIMES - 1));
    time[TIMES - 1] = s->last;
    fk_status status = fk_sampler_score_make(s, TIMES, time, &found, message);
    if (status == FK_OK)
        status = fk_sampler_problem_exact_score(s, TIMES, time, &exact);
    if (status == FK_OK)
        status = measure(s, time, found.score, exact, out);
    fk_score_free(exact);
    fk_sampler_score_clear(&found);
    return status;
}
