/* Euler-Maruyama from the expression of a problem, ns per particle-step, beside what the
 * machine could do: its rate of normals by the same generator, and of multiply-adds.
 * usage: bench-particles [quick], which takes a tenth of the particles. */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/stopwatch.h"
#include "core/memory.h"
#include "core/program.h"
#include "core/random.h"
#include "sampling/ensemble.h"
#include "tests/sde_text.h"

enum { STEPS = 1000, RUNS = 3, NORMALS = 20000, TURNS = 2000000 };

static void fail(const char *what)
{
    fprintf(stderr, "bench/particles: %s\n", what);
    exit(EXIT_FAILURE);
}

/* ---- limits ---- */

typedef void draw_rows(fk_streams *r, size_t n, double *z);

typedef struct noise {
    fk_streams streams;
    double *z;
    draw_rows *draw;
} noise;

static void draw(void *context)
{
    noise *n = context;
    for (int i = 0; i < NORMALS; i++)
        n->draw(&n->streams, 2, n->z);
}

static double ns_per_number(draw_rows *rows)
{
    noise *n = fk_alloc(1, sizeof *n);
    if (n == NULL || (n->z = fk_doubles(2 * FK_BLOCK)) == NULL)
        fail("out of memory");
    fk_streams_seed(&n->streams, 1, FK_FOR_TEST, 0);
    n->draw = rows;
    const double seconds = stopwatch(RUNS, draw, n);
    free(n->z);
    free(n);
    return 1e9 * seconds / (2.0 * NORMALS * FK_BLOCK);
}

enum { LANES = 128 };

/* a <- a b + c on registers' worth of numbers, enough chains to hide the latency */
FK_CLONES static void multiply_add(void *context)
{
    double *a = context;
    double x[LANES];
    for (size_t j = 0; j < LANES; j++)
        x[j] = a[j];
    for (int i = 0; i < TURNS; i++)
        for (size_t j = 0; j < LANES; j++)
            x[j] = x[j] * 0.999999 + 1e-6;
    for (size_t j = 0; j < LANES; j++)
        a[j] = x[j];
}

static double gflops(void)
{
    double *a = fk_doubles(LANES);
    if (a == NULL)
        fail("out of memory");
    const double seconds = stopwatch(RUNS, multiply_add, a);
    free(a);
    return 2e-9 * TURNS * LANES / seconds;
}

#if defined(__GNUC__) && !defined(__clang__)
#define FUSED __attribute__((optimize("fp-contract=fast")))
#else
#define FUSED
#endif

typedef double vector __attribute__((vector_size(64)));

/* Ten chains of eight numbers in registers, fused where the machine can: its peak, which
 * code that rounds alike everywhere may not use. */
FK_CLONES FUSED static void fused_multiply_add(void *context)
{
    double *number = context;
    const vector one = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
    const vector x = (0.999999 + *number * 1e-12) * one, y = 1e-9 * x;
    vector a = x, b = a + x, c = b + x, d = c + x, e = d + x;
    vector f = e + x, g = f + x, h = g + x, i = h + x, j = i + x;
    for (int k = 0; k < TURNS; k++) {
        a = a * x + y, b = b * x + y, c = c * x + y, d = d * x + y, e = e * x + y;
        f = f * x + y, g = g * x + y, h = h * x + y, i = i * x + y, j = j * x + y;
    }
    const vector sum = a + b + c + d + e + f + g + h + i + j;
    *number = sum[0] + sum[7];
}

static double fused_gflops(void)
{
    double number = 1.0;
    return 160e-9 * TURNS / stopwatch(RUNS, fused_multiply_add, &number);
}

typedef struct triad {
    size_t n, turns;
    double *a, *b, *c;
} triad;

FK_CLONES static void add_scaled(size_t n, double *restrict a, const double *restrict b,
                                 const double *restrict c, double s)
{
    for (size_t i = 0; i < n; i++)
        a[i] = b[i] + s * c[i];
}

static void run_triad(void *context)
{
    const triad *t = context;
    for (size_t k = 0; k < t->turns; k++)
        add_scaled(t->n, t->a, t->b, t->c, (double)k);
}

/* GB/s of a = b + s c on arrays of n. */
static double bandwidth(size_t n, size_t turns)
{
    triad t = {n, turns, fk_doubles(n), fk_doubles(n), fk_doubles(n)};
    if (t.a == NULL || t.b == NULL || t.c == NULL)
        fail("out of memory");
    run_triad(&t);
    const double seconds = stopwatch(RUNS, run_triad, &t);
    free(t.a);
    free(t.b);
    free(t.c);
    return 24e-9 * (double)n * (double)turns / seconds;
}

/* ---- workloads ---- */

typedef struct workload {
    const char *name;
    size_t dim, noises;
    const char *variables, *drift, *noise;
    double flops; /* a step, without the normals and the walls */
    double wall;  /* on either side of 0; 0: free space */
    fk_boundary face;
} workload;

static const workload workloads[] = {
    {"double well   x - x^3, 0.7", 1, 1, "x", "x - x^3", "0.7", 7, 0, FK_OPEN},
    {"  between reflecting walls", 1, 1, "x", "x - x^3", "0.7", 7, 2, FK_REFLECTING},
    {"  between absorbing walls", 1, 1, "x", "x - x^3", "0.7", 7, 2, FK_ABSORBING},
    {"sinh          sqrt(1 + x^2)", 1, 1, "x", "x/2", "sqrt(1 + x^2)", 8, 0, FK_OPEN},
    {"plane         rotation, 2 noises", 2, 2, "x; y", "-x - 2*y; 2*x - y",
     "0.8; 0; 0.4; 0.6", 16, 0, FK_OPEN},
    {"oscillator    van der Pol", 2, 1, "x; y", "y; (1 - x^2)*y - x", "0; 0.5", 12, 0,
     FK_OPEN},
};

typedef struct job {
    const fk_sde *sde;
    const fk_law *law;
    const fk_domain *domain; /* NULL: free space */
} job;

static fk_law *start(size_t dim)
{
    fk_mixture *m = NULL;
    fk_law *law = NULL;
    if (fk_mixture_new(dim, 1, &m) != FK_OK)
        fail("out of memory");
    m->weight[0] = 1.0;
    for (size_t i = 0; i < dim; i++) {
        m->mean[i] = -0.5;
        m->cov[i * dim + i] = 0.09;
    }
    if (fk_law_mixture_new(m, &law) != FK_OK)
        fail("out of memory");
    fk_mixture_free(m);
    return law;
}

/* Least seconds of the steps alone. */
static double run(const job *j, size_t count, int steps)
{
    double best = HUGE_VAL;
    for (int i = 0; i < RUNS; i++) {
        const fk_ensemble_options o = {.count = count,
                                       .step = 1e-3,
                                       .seed = 1,
                                       .purpose = FK_FOR_NOISE,
                                       .scheme = fk_scheme_find("euler-maruyama")};
        fk_ensemble *e = NULL;
        fk_message message;
        if (fk_ensemble_new(j->sde, j->domain, j->law, &o, &e, &message) != FK_OK)
            fail(message.text);
        const double began = omp_get_wtime();
        if (fk_ensemble_advance(e, 1e-3 * steps, NULL, &message) != FK_OK)
            fail(message.text);
        best = fmin(best, omp_get_wtime() - began);
        fk_ensemble_free(e);
    }
    return best;
}

static void measure(const workload *w, size_t count, double normal_ns, double peak)
{
    fk_sde *sde = sde_text(FK_ITO, w->dim, w->noises, w->variables, w->drift, w->noise);
    fk_law *law = start(w->dim);
    const double half = w->wall > 0.0 ? w->wall : 1.0; /* of a box that is not used */
    const fk_axis axis[] = {{-half, half, 100}, {-half, half, 100}};
    const fk_domain domain = {.grid = fk_grid_make(w->dim, axis),
                              .face = {{w->face, w->face}, {w->face, w->face}}};
    const job j = {.sde = sde, .law = law, .domain = w->wall > 0.0 ? &domain : NULL};
    const int threads = omp_get_max_threads();
    const double steps = (double)count * STEPS;
    omp_set_num_threads(1);
    const double one = 1e9 * run(&j, count, STEPS) / steps;
    omp_set_num_threads(threads);
    const double all = threads > 1 ? 1e9 * run(&j, count, STEPS) / steps : one;
    const double floor_ns = normal_ns * (double)w->noises + w->flops / peak;
    printf("  %-34s %8.3f %8.3f %8.0f%% %9d %8.2f\n", w->name, one, floor_ns,
           100.0 * floor_ns / one, threads, one / all);
    fk_law_free(law);
    sde_text_free(sde);
}

/* ---- many variables ---- */

enum { MANY = 100, MANY_STEPS = 100, MANY_TURNS = 400 };

/* dX = A X dt + dW with a full matrix A. */
static fk_sde *many_variables(void)
{
    static char variables[MANY * 8], drift[MANY * MANY * 16], matrix[MANY * MANY * 3];
    char *v = variables, *f = drift, *g = matrix;
    for (int i = 0; i < MANY; i++) {
        v += sprintf(v, "%sx%d", i > 0 ? ";" : "", i);
        for (int j = 0; j < MANY; j++) {
            const double a = i == j ? -1.0 : 0.01 * sin(i + 2 * j);
            f += sprintf(f, "%s%.6f*x%d", j > 0 ? "+" : i > 0 ? ";" : "", a, j);
            g += sprintf(g, "%s%d", i + j > 0 ? ";" : "", i == j);
        }
    }
    return sde_text(FK_ITO, MANY, MANY, variables, drift, matrix);
}

typedef struct product {
    const fk_program *drift;
    double *x, *scratch;
    double *row[2 * MANY];
} product;

static void multiply(void *context)
{
    product *p = context;
    for (int i = 0; i < MANY_TURNS; i++)
        fk_program_run(p->drift, 0.0, (const double *const *)p->row, p->row + MANY,
                       p->scratch);
}

/* ns per coordinate of A x alone. */
static double ns_per_product(const fk_sde *sde)
{
    product p;
    fk_program *drift;
    const fk_binding binding = fk_sde_binding(sde);
    if (fk_program_new(MANY, sde->drift, &binding, &drift) != FK_OK)
        fail("the matrix cannot be compiled");
    p.drift = drift;
    p.x = fk_doubles(2 * (size_t)MANY * FK_BLOCK);
    p.scratch = fk_doubles(fk_program_scratch(drift));
    if (p.x == NULL || p.scratch == NULL)
        fail("out of memory");
    for (size_t i = 0; i < 2 * (size_t)MANY; i++)
        p.row[i] = p.x + i * FK_BLOCK;
    const double seconds = stopwatch(RUNS, multiply, &p);
    free(p.x);
    free(p.scratch);
    fk_program_free(drift);
    return 1e9 * seconds / ((double)MANY_TURNS * MANY * FK_BLOCK);
}

static void measure_many(double normal_ns, double peak)
{
    fk_sde *sde = many_variables();
    fk_law *law = start(MANY);
    const job j = {.sde = sde, .law = law};
    const size_t count = 20 * (size_t)FK_BLOCK;
    omp_set_num_threads(1);
    const double all =
        1e9 * run(&j, count, MANY_STEPS) / ((double)count * MANY_STEPS * MANY);
    const double alone = ns_per_product(sde);
    printf(
        "  %d variables, full matrix: %.2f ns per coordinate-step, of which the "
        "product of matrix and vector is %.2f (limit %.2f); beyond it %.2f, of which "
        "a normal %.2f\n",
        MANY, all, alone, 2.0 * MANY / peak, all - alone, normal_ns);
    fk_law_free(law);
    sde_text_free(sde);
}

/* ---- counting ---- */

/* Counting into cells, beside a run of STEPS steps with ten outputs. */
static void measure_counting(size_t count)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "x - x^3", "0.7");
    fk_law *law = start(1);
    const fk_axis axis = {-4.0, 4.0, 200};
    const fk_grid grid = fk_grid_make(1, &axis);
    uint64_t counts[200 + FK_ELSEWHERE];
    const fk_ensemble_options o = {.count = count,
                                   .step = 1e-3,
                                   .seed = 1,
                                   .purpose = FK_FOR_NOISE,
                                   .scheme = fk_scheme_find("euler-maruyama")};
    fk_ensemble *e = NULL;
    fk_message message;
    omp_set_num_threads(1);
    if (fk_ensemble_new(sde, NULL, law, &o, &e, &message) != FK_OK)
        fail(message.text);
    double steps = omp_get_wtime();
    if (fk_ensemble_advance(e, 1e-3 * STEPS, NULL, &message) != FK_OK)
        fail(message.text);
    steps = omp_get_wtime() - steps;
    double best = HUGE_VAL;
    for (int i = 0; i < RUNS; i++) {
        const double began = omp_get_wtime();
        memset(counts, 0, sizeof counts);
        fk_ensemble_tally(e, &grid, counts);
        best = fmin(best, omp_get_wtime() - began);
    }
    printf("  counting into 200 cells: %.2f ns a particle; ten outputs are %.1f %% of "
           "%d steps\n",
           1e9 * best / (double)count, 100.0 * 10.0 * best / steps, STEPS);
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(sde);
}

int main(int n, char **argument)
{
    const size_t count = n > 1 && strcmp(argument[1], "quick") == 0 ? 100000 : 1000000;
    const double normal_ns = ns_per_number(fk_streams_normal), peak = gflops();
    printf(
        "particles: %.3g of them, %d Euler-Maruyama steps; one core makes a normal in "
        "%.3f ns, three points in %.3f ns, a sign in %.3f ns and %.1f Gflop/s without "
        "fused multiply-add (%.1f with it), and moves "
        "%.0f GB/s in its first-level cache, %.0f GB/s in memory\n",
        (double)count, STEPS, normal_ns, ns_per_number(fk_streams_three_point),
        ns_per_number(fk_streams_signs), peak, fused_gflops(), bandwidth(1024, 100000),
        bandwidth((size_t)1 << 24, 1));
    printf("  %-34s %8s %8s %9s %9s %8s\n", "ns per particle-step", "one core", "limit",
           "of limit", "threads", "speed-up");
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++)
        measure(&workloads[i], count, normal_ns, peak);
    measure_many(normal_ns, peak);
    measure_counting(count);
    return EXIT_SUCCESS;
}
