#include "pde/transition.h"

#include <assert.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "pde/transition_parts.h"

enum { STANDARD_DEGREE = 6 };

fk_status fk_transitions_new(size_t dim, size_t n, const fk_pair *pair,
                             const fk_transition_options *o, fk_transitions **out)
{
    assert((dim == 1 || dim == 2) && n >= 1);
    fk_transitions *t = calloc(1, sizeof *t);
    *out = NULL;
    if (t == NULL)
        return FK_ENOMEM;
    t->dim = dim;
    t->n = n;
    t->blocks = (n + FK_BLOCK - 1) / FK_BLOCK;
    t->degree = (o->degree > 0 ? o->degree : STANDARD_DEGREE) + 2 * o->finer;
    assert(t->degree >= 2 && t->degree <= FK_TRANSITION_DEGREE);
    t->pair = fk_alloc(n, sizeof *t->pair);
    fk_status status = t->pair != NULL ? FK_OK : FK_ENOMEM;
    if (status == FK_OK)
        memcpy(t->pair, pair, n * sizeof *pair);
    if (status == FK_OK && dim == 1)
        status = fk_nodes_plan(t, o);
    if (status != FK_OK) {
        fk_transitions_free(t);
        return status;
    }
    *out = t;
    return FK_OK;
}

void fk_transitions_free(fk_transitions *t)
{
    if (t == NULL)
        return;
    free(t->pair);
    free(t->dx);
    free(t);
}

size_t fk_transitions_count(const fk_transitions *t)
{
    return t->n;
}

static size_t list_outputs(const fk_sde *sde, const fk_expr **e)
{
    if (sde->dim == 1) {
        e[0] = sde->diffusion[0];
        e[1] = sde->flux_drift[0];
        return FK_NODES_OUTPUTS;
    }
    e[0] = sde->ito[0], e[1] = sde->ito[1];
    e[2] = sde->diffusion[0], e[3] = sde->diffusion[1], e[4] = sde->diffusion[3];
    for (size_t i = 0; i < 4; i++)
        e[5 + i] = fk_expr_diff(sde->pool, sde->ito[i / 2], sde->variable[i % 2]);
    return FK_FRAME_OUTPUTS;
}

/* Time is one more variable, so that every lane has its own. */
static fk_status compile(const fk_sde *sde, const double *value, fk_program **out)
{
    const fk_expr *output[FK_FRAME_OUTPUTS], *input[FK_TRANSITION_DIM + 1];
    const size_t n = list_outputs(sde, output);
    fk_binding binding = fk_sde_binding(sde);
    memcpy(input, sde->variable, sde->dim * sizeof *input);
    input[sde->dim] = sde->time;
    binding.dim = sde->dim + 1;
    binding.variable = input;
    binding.time = NULL;
    binding.value = value;
    return fk_expr_pool_exhausted(sde->pool) ? FK_ENOMEM
                                             : fk_program_new(n, output, &binding, out);
}

static fk_status run_blocks(const fk_transitions *t, const fk_program *p, double *log_p,
                            double *u)
{
    const bool nodes = t->dim == 1;
    const size_t own = nodes ? fk_nodes_room(t, p) : fk_frame_room(t, p);
    const size_t blocks = t->blocks;
    double *memory = fk_alloc((size_t)omp_get_max_threads(), own * sizeof *memory);
    if (memory == NULL)
        return FK_ENOMEM;
#pragma omp parallel for default(none) \
    firstprivate(t, p, memory, own, nodes, blocks, log_p, u) schedule(dynamic, 1)
    for (size_t b = 0; b < blocks; b++) {
        double *room = memory + (size_t)omp_get_thread_num() * own;
        if (nodes)
            fk_nodes_run(t, p, b, room, log_p, u);
        else
            fk_frame_run(t, p, b, room, log_p, u);
    }
    free(memory);
    return FK_OK;
}

fk_status fk_transitions_run(const fk_transitions *t, const fk_sde *sde,
                             const double *value, double *log_p, double *u)
{
    assert(sde->dim == t->dim && fk_sde_continuous(sde));
    fk_program *program;
    FK_TRY(compile(sde, value, &program));
    const fk_status status = run_blocks(t, program, log_p, u);
    fk_program_free(program);
    return status;
}
