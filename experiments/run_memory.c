/* What a run will hold, before it begins. */
#include "core/free_memory.h"
#include "experiments/run_parts.h"
#include "experiments/solution.h"

/* A part, and the key that makes it smaller. */
typedef struct part {
    const char *what, *key;
    double bytes;
} part;

enum { PARTS = 7 };

/* Sums about an origin, what is told, what halving changes; counts between values. */
static void estimate_moments(const fk_run_state *run, part parts[PARTS])
{
    const double d = (double)run->dim, outputs = (double)run->problem->n_outputs + 1.0;
    const double each =
        8.0 * (15.0 * d + 9.0 * d * d) + (double)fk_quantiles_memory(run->dim);
    parts[0] = (part){"moments at the output times", "time.output", outputs * each};
}

/* 13 fields: counts, pairs, kernel, smooth, their limits. */
static void estimate(const fk_run_state *run, size_t frames, part parts[PARTS])
{
    const fk_problem *p = run->problem;
    if (!p->has_domain) {
        estimate_moments(run, parts);
        return;
    }
    const double field = 8.0 * (double)run->cells, outputs = (double)p->n_outputs + 1.0;
    const bool back = p->reverse.steps > 0 && p->pde.on;
    const double finer = p->pde.halving ? (double)((size_t)1 << run->dim) : 0.0;
    const double estimates = p->particles.on ? 13.0 : 0.0;
    parts[0] = (part){"densities at the output times", "time.output",
                      outputs * field * (estimates + 2.0 + (p->pde.on ? finer : 0.0))};
    parts[1] = (part){"frames of the animation", "output.frames",
                      (double)frames * 2.0 * field};
    parts[2] = (part){"the equation's matrices", "domain.NAME.cells or pde.halving",
                      p->pde.on ? fk_solution_memory(p, run->methods) : 0.0};
    parts[3] = (part){"densities for the way back", "reverse.steps",
                      back ? (double)(p->reverse.steps + 1) * field : 0.0};
    parts[4] =
        (part){"samples of the way back", "reverse.count",
               back ? (double)p->reverse.count * (8.0 * (double)run->dim + 40.0) : 0.0};
}

fk_status fk_run_memory(const fk_run_state *run, size_t frames, fk_message *message)
{
    part parts[PARTS] = {{.bytes = 0.0}};
    double sum = 0.0;
    size_t largest = 0;
    estimate(run, frames, parts);
    parts[PARTS - 2] =
        (part){"paths", "output.paths", fk_run_paths_memory(run->problem)};
    parts[PARTS - 1] = (part){"particles that march together", "particles.count",
                              (double)fk_run_chunk_memory(run->problem)};
    for (size_t i = 0; i < PARTS; i++) {
        sum += parts[i].bytes;
        largest = parts[i].bytes > parts[largest].bytes ? i : largest;
    }
    const fk_free_memory there = fk_free_memory_of("");
    if (sum <= there.bytes)
        return FK_OK;
    return fk_fail(
        message, FK_ELIMIT,
        "the run would hold about %.3g GB, of which %.3g GB for %s, and %.3g GB can be "
        "had (the limit is that of %s): fewer or smaller, by %s%s",
        1e-9 * sum, 1e-9 * parts[largest].bytes, parts[largest].what,
        1e-9 * there.bytes, there.by, parts[largest].key,
        run->problem->has_domain ? " or domain.NAME.cells" : "");
}
