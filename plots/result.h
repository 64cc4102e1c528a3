/* Everything a run found, as plain data: filled by the program, read by the writers of
 * the results file, the summary, the figures and the report. */
#ifndef FK_PLOTS_RESULT_H
#define FK_PLOTS_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/goodness.h"
#include "core/grid.h"
#include "sde/problem.h"

typedef enum fk_word { FK_AGREE, FK_DISAGREE, FK_INCONCLUSIVE } fk_word;
const char *fk_word_text(fk_word w); /* "agree" ... */

/* The error budget of one comparison: L1 and chi-distance of each part. */
typedef struct fk_budget_line {
    const char *
        name; /* "sampling", "time step", "grid", "truncation", "ensemble"; NULL: none */
    const char *source; /* how it was measured, one line */
    double l1;          /* NaN: not measured */
    double chi;         /* NaN: not measured */
} fk_budget_line;

enum { FK_BUDGET_LINES = 5 };

/* One moment compared: value by either way, difference in standard errors. */
typedef struct fk_moment_line {
    char name[32];                   /* "mean x", "variance x", "covariance x y" */
    double sample, reference, error; /* error: standard error of the sample's */
    double allowance;                /* known systematic error */
    double sigmas;                   /* (|difference| - allowance)+ / error */
} fk_moment_line;

/* Sample against reference density at one time. */
typedef struct fk_comparison {
    char sample[48], reference[48]; /* "particles", "Fokker-Planck", "exact", ... */
    double t;
    double count; /* of the sample; 0: the sample is a density, only distances */
    fk_word word;
    double l1, l1_floor, l2, kl, hellinger, w1;
    double linf_at[FK_GRID_DIM]; /* where the largest discrepancy sits */
    fk_chi_square chi;
    size_t n_bins;
    bool has_ks;
    fk_ks ks;
    size_t n_moments;
    fk_moment_line moment[9];
    fk_budget_line budget[FK_BUDGET_LINES];
    double p_least; /* least p-value of all tests, times their number, at most 1 */
} fk_comparison;

/* Estimates of a density by particles, and the limits of their pointwise 95 % confidence
 * intervals: of the mean density of the cell (histogram), of the law of the scheme
 * (last-step kernel), of the density itself (smooth). */
enum { FK_HISTOGRAM, FK_KERNEL, FK_SMOOTH, FK_ESTIMATES };
extern const char *const fk_estimate_key[FK_ESTIMATES]; /* "particles", "kernel" ... */

/* Levels of the quantiles that are told. */
enum { FK_QUANTILES = 5 };
extern const double fk_quantile_level[FK_QUANTILES]; /* 0.025 to 0.975 */

/* Moments of the particles alive, [dim] or [dim][dim], where there is no grid: values,
 * standard errors, what they are exactly, and the known error of the step. */
typedef struct fk_moments {
    double count; /* of particles; 0: none are kept, and all pointers NULL */
    double *mean, *mean_error, *cov, *cov_error;
    double *exact_mean, *exact_cov; /* NULL: not known */
    double *mean_allowance, *cov_allowance;
    double *quantile, *quantile_error; /* [FK_QUANTILES][dim] */
} fk_moments;

/* Room for moments, zero; FK_ENOMEM.  What is exact has room too and is not NULL. */
FK_NODISCARD fk_status fk_moments_new(size_t dim, fk_moments *m);
void fk_moments_free(fk_moments *m); /* accepts one of zeros */

/* How far a value is from another beyond the allowance, in standard errors; 0 without a
 * difference, infinite where nothing is allowed for. */
double fk_moment_sigmas(double value, double exact, double allowance, double error);

/* The densities at one time; any pointer may be NULL. */
typedef struct fk_snapshot {
    double t;
    double *pde;                     /* [cells] */
    double *particles;               /* [cells] histogram as density */
    double *kernel;                  /* [cells] last-step kernel estimate */
    double *kernel_error;            /* [cells] its standard error */
    double *smooth;                  /* [cells] smoothed histogram */
    double bandwidth[FK_GRID_DIM];   /* of that; 0: there is none */
    double *limit[FK_ESTIMATES][2];  /* [cells] lower and upper; NULL: none */
    double *exact;                   /* [cells] */
    double *current[FK_GRID_DIM];    /* [cells] probability current */
    double outside;                  /* share of the particles beyond open faces */
    double absorbed[FK_GRID_DIM][2]; /* share absorbed, by particles */
    double killed[2];                /* share of the particles and mass killed so far */
    double made;                     /* mass from the source so far */
    double vanished;                 /* share of the particles that are nowhere */
    double lost[FK_GRID_DIM][2];     /* mass left through each face, by the PDE */
    double mass_defect, minimum;
    fk_moments moments;
    size_t n_points; /* a handful of particles for scatter plots, [n_points][dim] */
    double *points;
} fk_snapshot;

/* What has left through one absorbing face, as distribution functions of the exit time
 * over the times of fk_exits; not conditioned, so that they end at the exit
 * probabilities. */
typedef struct fk_face_exits {
    size_t axis, side;
    double *particles; /* [n_times] share of the particles; NULL: there are none */
    double *pde;       /* [n_times] mass; NULL: none */
    double *unbridged; /* [n_times] share of particles that are looked at after steps
                          only, what the bridge corrects; NULL: none */
} fk_face_exits;

typedef struct fk_exits {
    size_t n_times; /* even times from start to end; 0: no face absorbs */
    double *time;
    size_t n_unbridged; /* particles that were looked at after steps only */
    size_t n_faces;
    fk_face_exits face[2 * FK_GRID_DIM];
} fk_exits;

/* How a path ended, if it did: at the end of the run, at a face, by killing, nowhere. */
typedef enum fk_path_end {
    FK_PATH_GOES_ON,
    FK_PATH_LEFT,
    FK_PATH_KILLED,
    FK_PATH_LOST,
} fk_path_end;

/* One particle's way. */
typedef struct fk_path {
    size_t particle;
    size_t n;     /* states */
    double *t;    /* [n] */
    double *x;    /* [n][dim] */
    double t_end; /* when it ended, or the end of the run */
    fk_path_end end;
    size_t axis, side; /* of the face */
} fk_path;

/* Particles that are nowhere (not finite): the first of them and what to do about it. */
typedef struct fk_lost_particles {
    uint64_t count;
    uint64_t pairs;  /* of the step-halving estimate */
    size_t particle; /* the first: number, time, state */
    double t;
    double *x;          /* [dim]; NULL if there is none */
    char sentence[512]; /* who, where, when, and what can be done */
} fk_lost_particles;

typedef struct fk_reverse_run {
    char name[64]; /* "reverse SDE, grid score" */
    char key[32];  /* "sde_grid" */
    size_t count;
    size_t n_frames;
    double *time;     /* [n_frames], falling */
    double **density; /* [n_frames][cells] histogram as density */
    size_t n_points;
    double *points;           /* [n_points][dim] final states */
    size_t n_followed;        /* particles kept in every frame */
    double **frame_points;    /* [n_frames][n_followed][dim]; NULL: none kept */
    fk_comparison comparison; /* generated against the initial density */
    double seconds;
} fk_reverse_run;

typedef struct fk_timing {
    char name[48];
    double seconds;
    double rate; /* in `unit`; NaN if none */
    const char *unit;
} fk_timing;

enum { FK_TIMINGS = 16 };

typedef struct fk_result {
    const fk_problem *problem;
    const char *command;            /* the command line */
    const char *version, *revision; /* revision: git id or "" */
    int threads;
    char created[32]; /* UTC, ISO 8601 */

    size_t n_snapshots; /* the first is the initial density */
    fk_snapshot *snapshot;
    size_t n_frames; /* animation: densities at evenly spaced times */
    double *frame_time;
    double **frame_pde;       /* [n_frames][cells] or NULL */
    double **frame_particles; /* [n_frames][cells] or NULL */
    size_t n_paths;           /* particles followed through the frames, for pictures */
    double **frame_points;    /* [n_frames][n_paths][dim], the same particles in each
                                 frame; NULL: none kept */

    size_t n_traced; /* paths that the problem asks for */
    fk_path *traced;

    fk_exits exits;
    fk_lost_particles lost;

    size_t n_comparisons;
    fk_comparison *comparison;
    size_t n_reverse;
    fk_reverse_run *reverse;
    fk_word word;       /* of the whole */
    char sentence[512]; /* what it means, for a person */
    size_t n_timings;
    fk_timing timing[FK_TIMINGS];
    char scheme_note[256];      /* facts worth telling, "" if none */
    const char *density_method; /* how the equation was solved; NULL: it was not */
    char density_why[512];      /* why so, "" if the problem names it */
    char density_note[256];     /* what it took */
} fk_result;

/* True if anything was compared, or particles were lost, which leaves everything open:
 * only then do `word` and `sentence` mean something. */
bool fk_result_compared(const fk_result *r);

/* How the equation was solved and why so, one sentence; empty if it was not. */
void fk_result_density_text(const fk_result *r, size_t n, char *text);

void fk_result_free(fk_result *r); /* frees what it owns, not the problem, and leaves
                                      it empty; accepts NULL and half-filled results */

#endif
