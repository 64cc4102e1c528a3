#include "sampling/judge.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

#include "core/memory.h"
#include "sampling/rows.h"

struct fk_judge {
    const fk_noising *noising;
    bool exact;
    size_t blocks; /* of each time */
    double *x;     /* [n][blocks][FK_BLOCK][dim] */
    double *e;     /* the noise */
    double *truth; /* E[e | x]; NULL: unknown */
};

/* Sums over the points of a block, and of squares. */
enum { LOSS, FLOOR, EXCESS, FISHER, BOUND, SCORE, STRENGTH, DRIFT, TERMS };
typedef struct sums {
    double sum[TERMS], square[TERMS];
} sums;

/* ---- the points ---- */

/* x = Phi x0 + m + L e, the truth from the score: E[e | x] = -L^T s. */
static void fill_block(fk_judge *j, const fk_law *law, uint64_t seed,
                       const fk_score *exact, size_t k, size_t block, double *work)
{
    const fk_noising *n = j->noising;
    const size_t d = n->dim, matrix = k * d * d;
    double *const *start = fk_state_carve(d, &work), *const *noise =
                                                         fk_state_carve(d, &work);
    double *const *s = fk_state_carve(d, &work);
    const size_t at = (k * j->blocks + block) * FK_BLOCK;
    fk_streams streams;
    fk_law_draw(law, seed, FK_FOR_JUDGING, at, start);
    fk_streams_seed(&streams, seed, FK_FOR_JUDGING_NOISE, at);
    fk_streams_normal(&streams, d, noise[0]);
    double x0[FK_NOISING_DIM];
    for (size_t i = 0; i < FK_BLOCK; i++) {
        double *x = j->x + (at + i) * d, *e = j->e + (at + i) * d;
        for (size_t a = 0; a < d; a++) {
            x0[a] = start[a][i];
            e[a] = noise[a][i];
        }
        fk_noising_point(n, k, x0, e, x);
        for (size_t a = 0; a < d; a++)
            start[a][i] = x[a];
    }
    if (exact == NULL)
        return;
    exact->eval(exact, k, (const double *const *)start, s, work);
    for (size_t i = 0; i < FK_BLOCK; i++) {
        double *truth = j->truth + (at + i) * d;
        for (size_t a = 0; a < d; a++)
            x0[a] = -s[a][i];
        fk_rows_transposed_times(d, n->factor + matrix, x0, truth);
    }
}

static fk_status fill(fk_judge *j, const fk_law *law, uint64_t seed,
                      const fk_score *exact)
{
    const fk_noising *n = j->noising;
    const size_t size =
        3 * fk_state_scratch(n->dim) + fk_padded(exact != NULL ? exact->scratch : 0);
    double *work = fk_doubles(size * (size_t)omp_get_max_threads());
    if (work == NULL)
        return FK_ENOMEM;
#pragma omp parallel for default(none) \
    firstprivate(j, law, seed, exact, n, work, size) schedule(static)
    for (size_t b = 0; b < n->n * j->blocks; b++)
        fill_block(j, law, seed, exact, b / j->blocks, b % j->blocks,
                   work + size * (size_t)omp_get_thread_num());
    free(work);
    return FK_OK;
}

fk_status fk_judge_new(const fk_law *law, uint64_t seed, const fk_noising *noising,
                       const fk_score *exact, size_t blocks, fk_judge **out)
{
    const size_t n = noising->n * blocks * FK_BLOCK * noising->dim;
    *out = NULL;
    fk_judge *j = calloc(1, sizeof *j);
    if (j == NULL)
        return FK_ENOMEM;
    j->noising = noising;
    j->exact = exact != NULL;
    j->blocks = blocks;
    j->x = fk_doubles(3 * n);
    fk_status status = j->x != NULL ? FK_OK : FK_ENOMEM;
    if (status == FK_OK) {
        j->e = j->x + n;
        j->truth = j->e + n;
        status = fill(j, law, seed, exact);
    }
    if (status == FK_OK)
        *out = j;
    else
        fk_judge_free(j);
    return status;
}

void fk_judge_free(fk_judge *j)
{
    if (j == NULL)
        return;
    free(j->x);
    free(j);
}

/* ---- the judgment ---- */

static void add(sums *s, const double *term)
{
    for (int i = 0; i < TERMS; i++) {
        s->sum[i] += term[i];
        s->square[i] += term[i] * term[i];
    }
}

static double square(size_t d, const double *x)
{
    double sum = 0.0;
    for (size_t a = 0; a < d; a++)
        sum += x[a] * x[a];
    return sum;
}

/* off = e^ - E[e | x] = -L^T (s^ - s) */
static void judge_point(const fk_judge *j, size_t k, size_t point, const double *F,
                        sums *s)
{
    const fk_noising *n = j->noising;
    const size_t d = n->dim, matrix = k * d * d;
    const double *x = j->x + point * d, *e = j->e + point * d,
                 *truth = j->truth + point * d;
    double found[FK_NOISING_DIM], off[FK_NOISING_DIM], gap[FK_NOISING_DIM],
        score[FK_NOISING_DIM], term[TERMS] = {0};
    fk_noising_noise(n, k, x, F, found);
    for (size_t a = 0; a < d; a++)
        term[LOSS] += (found[a] - e[a]) * (found[a] - e[a]);
    if (j->exact) {
        for (size_t a = 0; a < d; a++) {
            off[a] = found[a] - truth[a];
            term[FLOOR] += (truth[a] - e[a]) * (truth[a] - e[a]);
        }
        term[EXCESS] = term[LOSS] - term[FLOOR];
        term[FISHER] = square(d, off);
        fk_rows_times(d, n->unnoise + matrix, off, gap);
        fk_rows_times(d, n->tensor + matrix, gap, score);
        for (size_t a = 0; a < d; a++)
            term[BOUND] += 0.5 * gap[a] * score[a];
        term[DRIFT] = square(d, score);
        term[SCORE] = square(d, gap);
        fk_rows_times(d, n->unnoise + matrix, truth, score);
        term[STRENGTH] = square(d, score);
    }
    add(s, term);
}

static void judge_block(const fk_judge *j, const fk_network *net, const double *theta,
                        size_t block, sums *s, double *work)
{
    const size_t d = j->noising->dim, in = d + FK_NOISING_FEATURES,
                 k = block / j->blocks;
    double *input = work, *F = input + FK_BLOCK * in;
    for (size_t i = 0; i < FK_BLOCK; i++)
        fk_noising_input(j->noising, k, j->x + (block * FK_BLOCK + i) * d,
                         input + i * in);
    fk_network_forward(net, theta, FK_BLOCK, 0, input, F, F + FK_BLOCK * d);
    *s = (sums){0};
    for (size_t i = 0; i < FK_BLOCK; i++)
        judge_point(j, k, block * FK_BLOCK + i, F + i * d, s);
}

static fk_judged mean_of(const sums *s, int term, double n, bool known)
{
    const double mean = s->sum[term] / n;
    const double variance = fmax(s->square[term] / n - mean * mean, 0.0);
    return known ? (fk_judged){mean, sqrt(variance / n)}
                 : (fk_judged){(double)NAN, (double)NAN};
}

static fk_judged_time at_time(const fk_judge *j, size_t k, const sums *block)
{
    sums all = {0};
    const double n = (double)(j->blocks * FK_BLOCK);
    for (size_t b = k * j->blocks; b < (k + 1) * j->blocks; b++)
        for (int i = 0; i < TERMS; i++) {
            all.sum[i] += block[b].sum[i];
            all.square[i] += block[b].square[i];
        }
    return (fk_judged_time){
        .score = mean_of(&all, SCORE, n, j->exact),
        .strength = mean_of(&all, STRENGTH, n, j->exact),
        .drift = mean_of(&all, DRIFT, n, j->exact),
        .of = {mean_of(&all, LOSS, n, true), mean_of(&all, FLOOR, n, j->exact),
               mean_of(&all, EXCESS, n, j->exact), mean_of(&all, FISHER, n, j->exact),
               mean_of(&all, BOUND, n, j->exact)}};
}

static void add_judged(fk_judged *sum, double weight, fk_judged x)
{
    sum->mean += weight * x.mean;
    sum->error = hypot(sum->error, weight * x.error);
}

/* Times count alike; the bound is an integral over t, by the trapezoidal rule. */
static void add_time(const fk_noising *n, size_t k, const fk_judgment *of,
                     fk_judgment *out)
{
    const double each = 1.0 / (double)n->n;
    add_judged(&out->loss, each, of->loss);
    add_judged(&out->floor, each, of->floor);
    add_judged(&out->excess, each, of->excess);
    add_judged(&out->fisher, each, of->fisher);
    add_judged(&out->bound, fk_noising_interval(n, k), of->bound);
}

fk_status fk_judge_network(const fk_judge *j, const fk_network *net,
                           const double *theta, fk_judgment *out, fk_judged_time *time)
{
    const fk_noising *n = j->noising;
    const size_t d = n->dim, blocks = n->n * j->blocks;
    const size_t size =
        FK_BLOCK * (2 * d + FK_NOISING_FEATURES) + fk_network_scratch(net, FK_BLOCK, 0);
    sums *s = fk_alloc(blocks, sizeof *s);
    double *work = fk_doubles(size * (size_t)omp_get_max_threads());
    if (s == NULL || work == NULL) {
        free(s);
        free(work);
        return FK_ENOMEM;
    }
#pragma omp parallel for default(none) \
    firstprivate(j, net, theta, s, work, size, blocks) schedule(static)
    for (size_t b = 0; b < blocks; b++)
        judge_block(j, net, theta, b, &s[b],
                    work + size * (size_t)omp_get_thread_num());
    *out = (fk_judgment){.loss = {0.0, 0.0}};
    for (size_t k = 0; k < n->n; k++) {
        const fk_judged_time here = at_time(j, k, s);
        add_time(n, k, &here.of, out);
        if (time != NULL)
            time[k] = here;
    }
    free(s);
    free(work);
    return FK_OK;
}

const fk_noising *fk_judge_noising(const fk_judge *j)
{
    return j->noising;
}

const double *fk_judge_points(const fk_judge *j, size_t k)
{
    return j->x + k * j->blocks * FK_BLOCK * j->noising->dim;
}
