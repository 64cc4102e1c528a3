/* Reverse sampling with the exact score of a mixture: 8 Gaussians on a circle, the VP
 * process backwards in 500 Euler-Maruyama steps; ns per sample and step.
 * usage: bench-samplers [quick], which takes a tenth of the samples. */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sampling/reverse.h"
#include "tests/sde_text.h"

enum { STEPS = 500, COMPONENTS = 8, RUNS = 3 };

static void fail(const char *what)
{
    fprintf(stderr, "bench/samplers: %s\n", what);
    exit(EXIT_FAILURE);
}

/* Radius 4, standard deviation 0.3. */
static fk_mixture *circle(void)
{
    fk_mixture *m = NULL;
    if (fk_mixture_new(2, COMPONENTS, &m) != FK_OK)
        fail("out of memory");
    for (size_t k = 0; k < COMPONENTS; k++) {
        const double angle = 2.0 * M_PI * (double)k / COMPONENTS;
        m->weight[k] = 1.0 / COMPONENTS;
        m->mean[2 * k] = 4.0 * cos(angle);
        m->mean[2 * k + 1] = 4.0 * sin(angle);
        m->cov[4 * k] = m->cov[4 * k + 3] = 0.09;
    }
    return m;
}

static fk_law *standard_normal(void)
{
    fk_mixture *m = NULL;
    fk_law *law = NULL;
    if (fk_mixture_new(2, 1, &m) != FK_OK)
        fail("out of memory");
    m->weight[0] = 1.0;
    m->cov[0] = m->cov[3] = 1.0;
    if (fk_law_mixture_new(m, &law) != FK_OK)
        fail("out of memory");
    fk_mixture_free(m);
    return law;
}

/* Least ns per sample and step. */
static double run(const fk_sde *sde, const fk_score *score, const fk_law *start,
                  size_t count)
{
    const fk_reverse_options o = {.count = count, .seed = 1, .start = start};
    double best = HUGE_VAL;
    for (int i = 0; i < RUNS; i++) {
        fk_reverse_result r = {0};
        fk_message message = {""};
        const double began = omp_get_wtime();
        if (fk_reverse_family(sde, score, 1.0, &o, NULL, &r, &message) != FK_OK)
            fail(message.text);
        best = fmin(best, omp_get_wtime() - began);
        fk_reverse_result_free(&r);
    }
    return 1e9 * best / ((double)count * STEPS);
}

int main(int n, char **argument)
{
    const size_t count = n > 1 && strcmp(argument[1], "quick") == 0 ? 10000 : 100000;
    fk_sde *sde =
        sde_text(FK_ITO, 2, 2, "x; y", "-(0.1 + 19.9*t)*x/2; -(0.1 + 19.9*t)*y/2",
                 "sqrt(0.1 + 19.9*t); 0; 0; sqrt(0.1 + 19.9*t)");
    fk_mixture *data = circle();
    fk_law *start = standard_normal();
    fk_score *score = NULL;
    double time[STEPS + 1];
    for (int k = 0; k <= STEPS; k++)
        time[k] = 1e-3 + 0.999 * k / STEPS;
    if (fk_score_linear_new(sde, 0.0, data, STEPS + 1, time, &score) != FK_OK)
        fail("the score cannot be made");

    const int threads = omp_get_max_threads();
    omp_set_num_threads(1);
    const double one = run(sde, score, start, count);
    omp_set_num_threads(threads);
    const double all = threads > 1 ? run(sde, score, start, count) : one;
    printf("samplers: %zu samples, %d components in the plane, %d steps of the reverse "
           "SDE\n  %.2f ns per sample and step on one core, %.2f on %d threads\n",
           count, COMPONENTS, STEPS, one, all, threads);
    fk_score_free(score);
    fk_law_free(start);
    fk_mixture_free(data);
    sde_text_free(sde);
    return EXIT_SUCCESS;
}
