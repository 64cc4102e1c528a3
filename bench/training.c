/* Learning a score, 3 hidden layers of 128, batches of 1024, beside OpenBLAS's own rate of
 * dgemm on large matrices, both on one core and on all; the least of several runs, in turns,
 * so that both see the same machine, by the processor's time, which other work does not
 * stretch (threads that wait for others count).
 * usage: bench-training [quick], which takes fewer runs. */
#include <cblas.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/memory.h"
#include "sampling/training.h"
#include "solvers/blas.h"
#include "tests/sde_text.h"

enum { SIDE = 768, BATCH = 1024, HIDDEN = 3, WIDTH = 128, STEPS = 20 };

static void give_up(const char *what)
{
    fprintf(stderr, "bench/training: %s\n", what);
    exit(EXIT_FAILURE);
}

/* Two Gaussians. */
static fk_mixture *two(void)
{
    fk_mixture *m;
    if (fk_mixture_new(1, 2, &m) != FK_OK)
        give_up("out of memory");
    m->weight[0] = m->weight[1] = 0.5;
    m->mean[0] = -1.5;
    m->mean[1] = 1.0;
    m->cov[0] = m->cov[1] = 0.1;
    return m;
}

typedef struct matrices {
    double *a, *b, *c; /* [threads][SIDE][SIDE] */
} matrices;

/* One product for each thread. */
static void multiply(void *context)
{
    const matrices *m = context;
    const size_t size = (size_t)SIDE * SIDE;
#pragma omp parallel default(none) firstprivate(m, size)
    {
        const size_t at = (size_t)omp_get_thread_num() * size;
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, SIDE, SIDE, SIDE, 1.0,
                    m->a + at, SIDE, m->b + at, SIDE, 0.0, m->c + at, SIDE);
    }
}

static void learn(void *context)
{
    fk_message message = {""};
    if (fk_training_lap(context, NULL, &message) != FK_OK)
        give_up(message.text);
}

/* Of a lap's steps: forward, gradients of the parameters, and back to all layers but the
 * first; and of its judgment: forward. */
static double operations(void)
{
    const fk_network net = fk_network_make(1 + FK_NOISING_FEATURES, HIDDEN, WIDTH, 1);
    double products = 0.0;
    for (size_t l = 0; l < net.layers; l++)
        products +=
            (STEPS * (l > 0 ? 3.0 : 2.0) * BATCH + FK_TRAINING_TIMES * FK_BLOCK) *
            (double)(net.width[l] * net.width[l + 1]);
    return 2.0 * products;
}

/* Seconds of every thread. */
static double time_of(void (*work)(void *), void *context, size_t threads)
{
    const clock_t start = clock();
    work(context);
    return (double)(clock() - start) / CLOCKS_PER_SEC / (double)threads;
}

/* GFLOP/s of both. */
static void measure(int runs, size_t threads, matrices *m, fk_training *t, double *gemm,
                    double *training)
{
    omp_set_num_threads((int)threads);
    double least_gemm = 1e300, least_lap = 1e300;
    for (int i = 0; i < runs; i++) {
        const double a = time_of(multiply, m, threads), b = time_of(learn, t, threads);
        least_gemm = a < least_gemm ? a : least_gemm;
        least_lap = b < least_lap ? b : least_lap;
    }
    *gemm = 2e-9 * SIDE * SIDE * SIDE * (double)threads / least_gemm;
    *training = 1e-9 * operations() / least_lap;
}

int main(int n, char **argument)
{
    const int runs = n > 1 && strcmp(argument[1], "quick") == 0 ? 5 : 40;
    const size_t threads = (size_t)omp_get_max_threads();
    fk_sde *sde =
        sde_text(FK_ITO, 1, 1, "x", "-(0.1 + 19.9*t)*x/2", "sqrt(0.1 + 19.9*t)");
    fk_mixture *m = two();
    fk_law *law;
    fk_training *t;
    fk_message message;
    double mean, cov;
    fk_mixture_moments(m, &mean, &cov);
    if (fk_law_mixture_new(m, &law) != FK_OK)
        give_up("out of memory");
    const size_t laps = 2 * (size_t)runs + 1;
    const fk_training_options o = {.sde = sde,
                                   .first = 1e-3,
                                   .last = 1.0,
                                   .law = law,
                                   .held_out = law,
                                   .mean = &mean,
                                   .cov = &cov,
                                   .objective = fk_objective_find("denoising"),
                                   .optimizer = fk_optimizer_find("adamw"),
                                   .settings = fk_optimizer_find("adamw")->standard,
                                   .hidden = HIDDEN,
                                   .width = WIDTH,
                                   .batch = BATCH,
                                   .steps = STEPS * laps,
                                   .judgments = laps,
                                   .seed = 1};
    const size_t size = (size_t)SIDE * SIDE * threads;
    matrices x = {fk_doubles(size), fk_doubles(size), fk_doubles(size)};
    if (x.a == NULL || x.b == NULL || x.c == NULL)
        give_up("out of memory");
    if (fk_training_new(&o, &t, &message) != FK_OK)
        give_up(message.text);
    learn(t); /* the judgment at the start */
    for (size_t k = 1; k <= threads; k += threads > 1 ? threads - 1 : 1) {
        double gemm, training;
        measure(runs, k, &x, t, &gemm, &training);
        printf(
            "training: %d x %d, batch %d, %zu thread%s: %.1f GFLOP/s of %.1f of dgemm, "
            "%.0f %%\n",
            HIDDEN, WIDTH, BATCH, k, k == 1 ? "" : "s", training, gemm,
            100.0 * training / gemm);
    }
    free(x.a);
    free(x.b);
    free(x.c);
    fk_training_free(t);
    fk_law_free(law);
    fk_mixture_free(m);
    sde_text_free(sde);
    return EXIT_SUCCESS;
}
