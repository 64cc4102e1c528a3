/* Timing for the benchmarks: the least time of several runs, which is the one that
 * the rest of the machine disturbed least. */
#ifndef FK_BENCH_STOPWATCH_H
#define FK_BENCH_STOPWATCH_H

#include <omp.h>

/* Seconds of the fastest of `runs` calls of work(context). */
static inline double stopwatch(int runs, void (*work)(void *), void *context)
{
    double best = 1e300;
    for (int i = 0; i < runs; i++) {
        const double start = omp_get_wtime();
        work(context);
        const double seconds = omp_get_wtime() - start;
        best = seconds < best ? seconds : best;
    }
    return best;
}

#endif
