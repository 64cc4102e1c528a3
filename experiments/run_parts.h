/* The parts of a run; private to experiments/run*.c. */
#ifndef FK_EXPERIMENTS_RUN_PARTS_H
#define FK_EXPERIMENTS_RUN_PARTS_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "experiments/checkpoint.h"
#include "experiments/run.h"
#include "experiments/verdict.h"
#include "sampling/ensemble.h"
#include "sampling/halving.h"
#include "sampling/moment_sums.h"
#include "sampling/quantiles.h"

enum { FK_NOWHERE = -1 };

/* A time at which something is recorded; indices are FK_NOWHERE where it is not. */
typedef struct fk_stop {
    double t;
    int snapshot; /* into result->snapshot */
    int frame;    /* into result->frame_* */
    int exit;     /* into result->exits.time */
    int kernel;   /* snapshot that the last-step kernel leads to from here */
    int table;    /* into run->table, the times of the reverse samplers */
} fk_stop;

/* What the comparison at one snapshot needs beyond the densities of the result. */
typedef struct fk_record {
    uint64_t *count; /* [cells + FK_ELSEWHERE] particles */
    fk_census census;
    double *half;                    /* [cells 2^dim] from cells of half the width */
    double half_ended, half_outside; /* mass lost in that run, by kind of face */
    double time_error; /* L1, and other errors that the Fokker-Planck run knows
                                        of itself; 0: none */
    uint64_t *coarse, *fine, *moved; /* [cells + 1] step-halving pairs */
    uint64_t
        *groups; /* [fk_run_groups][cells + 1] of coarse, where pairs depend on each
                         other; NULL: they do not */

    /* Without a grid: of particles, and what halving the step changes. */
    fk_moment_sums *sums;
    fk_quantiles *quantiles;
    double *changes; /* [fk_halving_differences(dim)]; NULL: not measured */
} fk_record;

/* What marches, in this order. */
enum { FK_PARTICLES, FK_PAIRS, FK_UNBRIDGED, FK_TROOPS };

typedef struct fk_run_state {
    const fk_problem *problem;
    const fk_methods *methods;
    fk_terminal *terminal;
    fk_result *result;
    size_t dim, cells;
    char **variable; /* [dim] names */

    const fk_pde_method *density; /* how it is solved for */

    size_t n_stops;
    fk_stop *stop;       /* ascending, the first one is the start */
    fk_record *record;   /* [n_snapshots] */
    uint64_t **frame;    /* [n_frames][cells + FK_ELSEWHERE] particles */
    uint64_t *exit;      /* [exit times][FK_ELSEWHERE] particles */
    uint64_t *unbridged; /* the same of those without a bridge */
    size_t n_shown;      /* particles kept for scatter plots */
    bool moments_known;  /* there is no grid, and exact moments are known */

    /* The march: which troop is under way, the chunk of it, the next stop. */
    fk_checkpoint *checkpoint; /* NULL: none is kept */
    uint64_t troop, first, next;
    fk_ensemble *ensemble;
    fk_halving *halving;
    uint64_t steps;              /* that each particle took */
    fk_losses losses[FK_TROOPS]; /* of all chunks so far */
    double *lost_x;              /* [FK_TROOPS][dim] of the losses */
    double kernel_seconds;

    size_t n_table; /* times of the reverse samplers; 0: none */
    double *table_time;
    double **table; /* [n_table][cells] Fokker-Planck densities */
} fk_run_state;

/* Particles of the runs beside the main one: step-halving pairs, and those without a
 * bridge. */
static inline size_t fk_run_pairs(const fk_problem *p)
{
    return (size_t)ceil(p->particles.halving * (double)p->particles.count);
}

/* Times, and room for everything that is recorded at them. */
FK_NODISCARD fk_status fk_run_plan(fk_run_state *run, fk_message *message);

/* FK_ELIMIT with a sentence if the run would hold more memory than there is. */
FK_NODISCARD fk_status fk_run_memory(const fk_run_state *run, size_t frames,
                                     fk_message *message);
/* Bytes of the particles that march together. */
size_t fk_run_chunk_memory(const fk_problem *p);

/* Particles or pairs in a chunk.  Particles that depend on each other are in one; so many
 * such pairs as do are an ensemble, of about 16, which show how ensembles scatter. */
size_t fk_run_chunk(const fk_problem *p, size_t count, bool pairs);

/* Ensembles of pairs that depend on each other; 0: they do not. */
size_t fk_run_groups(const fk_problem *p);

/* Particles, or step-halving pairs, on their way through the stops in chunks: each goes
 * the whole way before the next begins, so that a run of any number of them holds one
 * chunk and sums.  The size of a chunk depends on the problem alone. */
typedef struct fk_troop {
    uint64_t which;     /* FK_PARTICLES ... */
    const char *name;   /* of the phase */
    const char *timing; /* in the result */
    size_t count;       /* in all */
    double work;        /* particle-steps that one of them makes in a step */
    bool (*stops)(const fk_stop *s); /* does it pause there? */
    /* The n from run->first on. */
    fk_status (*begin)(fk_run_state *run, size_t n, fk_message *message);
    /* At most so many steps towards t, to *now. */
    fk_status (*advance)(fk_run_state *run, double t, uint64_t steps, double *now,
                         fk_message *message);
    fk_status (*record)(fk_run_state *run, const fk_stop *s, fk_message *message);
    bool (*keep)(fk_run_state *run, const fk_keeper *keeper);
    void (*end)(fk_run_state *run); /* joins the losses */
} fk_troop;

FK_NODISCARD fk_status fk_run_march(fk_run_state *run, const fk_troop *troop,
                                    fk_message *message);
/* Joins those of the chunk that is under way. */
void fk_run_lose(fk_run_state *run, int troop, const fk_losses *losses);
/* For particles or pairs from run->first on. */
fk_ensemble_options fk_run_options(const fk_run_state *run, size_t count,
                                   fk_purpose purpose);

/* Particles, pairs and what is beside them march; then their counts become densities. */
FK_NODISCARD fk_status fk_run_particles(fk_run_state *run, fk_message *message);
bool fk_run_halves(const fk_run_state *run); /* whether there are pairs */
double fk_run_weak_order(const fk_run_state *run);
FK_NODISCARD fk_status fk_run_particles_finish(fk_run_state *run);
FK_NODISCARD fk_status fk_run_halving(fk_run_state *run, fk_message *message);
/* Paths that output.paths names; the steps from one point of them to the next, and the
 * bytes that they take. */
FK_NODISCARD fk_status fk_run_paths(fk_run_state *run, fk_message *message);
size_t fk_run_path_every(const fk_problem *p);
double fk_run_paths_memory(const fk_problem *p);

/* Moments where there is no grid: room for them, what the particles say once all have
 * marched, and what the pairs and the exact law add, with the comparisons. */
FK_NODISCARD fk_status fk_run_moments_plan(fk_run_state *run, size_t i);
void fk_run_moments_read(fk_run_state *run);
FK_NODISCARD fk_status fk_run_moments_compare(fk_run_state *run);
FK_NODISCARD fk_status fk_run_pde(fk_run_state *run, fk_message *message);
FK_NODISCARD fk_status fk_run_exact(fk_run_state *run, fk_message *message);
FK_NODISCARD fk_status fk_run_comparisons(fk_run_state *run, fk_message *message);
/* Generated samples count[cells + 1] against the density the forward run began with. */
FK_NODISCARD fk_status fk_compare_generated(const fk_run_state *run, const char *name,
                                            const uint64_t *count,
                                            const fk_step_evidence *step,
                                            fk_comparison *out);
FK_NODISCARD fk_status fk_run_reverse(fk_run_state *run, fk_message *message);

/* Mass lost through the faces of one kind; partial ones are absorbing here. */
double fk_lost(const fk_domain *d, const double left[FK_GRID_DIM][2], fk_boundary kind);

/* Adds a line to the result's timings; amount of `unit` done, 0 for none. */
void fk_run_timing(fk_run_state *run, const char *name, double seconds, double amount,
                   const char *unit);

#endif
