/* Claims: statements derived on paper, each verified by numbers.  One file each in
 * experiments/claims/, one line each in experiments/claims.def.
 *
 * How to write one.  experiments/claims/NAME.c defines `const fk_claim fk_claim_NAME` and
 * one function, which computes both sides of every identity that the claim implies, by
 * routes as different as there are, and adds a row for each:
 *
 *     static fk_status run(fk_trial *t)
 *     {
 *         const double sign = fk_trial_broken(t, "drift-sign") ? -1.0 : 1.0;
 *         ...
 *         fk_trial_add(t, (fk_evidence){.left = a, .right = b, .quadrature = 1e-11,
 *                                       .origin = "trapezoidal rule, 4000 points"},
 *                      "E x^%d", k);
 *         fk_trial_curves(t, "What the curves show.", &(fk_curves){...});
 *         return FK_OK;
 *     }
 *
 * - Errors are expected, not fitted: `quadrature` and `discretisation` are bounds of
 *   |left - right|, `statistical` is one standard error.  `origin` says where they are from.
 * - `effect` is the smallest wrong difference that the row is there to see.  A row whose
 *   errors could hide it is inconclusive.  0: a tenth of the larger side.
 * - A break is a mistake somebody could make in the formula under test: a sign, a factor,
 *   a term dropped.  With it the claim must fail; tests/test_claims.c sees to it for every
 *   break of every claim, with the parameters' quick values, which should take about a
 *   second.  The whole claim may take ten.
 * - Results are the same bits for any number of threads: reductions in a fixed order,
 *   random numbers of fk_streams_seed(.., t->seed, ..).
 * - The verdict is nobody's but fk_trial_judge's.  */
#ifndef FK_EXPERIMENTS_CLAIM_H
#define FK_EXPERIMENTS_CLAIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/progress.h"
#include "core/status.h"
#include "plots/gallery.h"

enum {
    FK_CLAIM_STEPS = 16,
    FK_CLAIM_PARAMETERS = 10,
    FK_CLAIM_BREAKS = 12,
    FK_CLAIM_ROWS = 256,
    FK_CLAIM_FIGURES = 4,
};

/* One step of the derivation: a sentence, and a formula (plots/tex.h) or NULL. */
typedef struct fk_claim_step {
    const char *sentence, *formula;
} fk_claim_step;

typedef struct fk_claim_parameter {
    const char *name;
    double standard, quick; /* quick: for the test; 0 if it is as standard */
    double least, most;
    bool whole; /* a whole number */
    const char *meaning;
} fk_claim_parameter;

typedef struct fk_claim_break {
    const char *name, *meaning;
} fk_claim_break;

typedef struct fk_trial fk_trial;

/* Arrays end with an entry of zeros. */
typedef struct fk_claim {
    const char *name;        /* word of the command line: "weak-form" */
    const char *title;       /* of the report's chapter */
    const char *statement;   /* the claim in one sentence */
    const char *assumptions; /* what it rests on */
    const char *source;      /* keys of REFERENCES.md, with commas */
    const char *falsifier;   /* what would show that it is wrong */
    fk_claim_step derivation[FK_CLAIM_STEPS];
    fk_claim_parameter parameter[FK_CLAIM_PARAMETERS];
    fk_claim_break breaks[FK_CLAIM_BREAKS];
    fk_status (*run)(fk_trial *t); /* a failure has its sentence in t->message */
} fk_claim;

extern const fk_claim *const fk_claims[];        /* NULL-terminated */
const fk_claim *fk_claim_find(const char *name); /* NULL if there is none */

/* ---- evidence ---- */

/* What a row says of its sides. */
typedef enum fk_relation {
    FK_EQUAL,
    FK_AT_MOST,  /* left <= right */
    FK_AT_LEAST, /* left >= right */
    FK_DIFFERENT,
} fk_relation;

typedef enum fk_finding_word { FK_HOLDS, FK_UNDECIDED, FK_FAILS } fk_finding_word;
const char *fk_finding_word_text(fk_finding_word w); /* "holds" ... */

typedef struct fk_evidence {
    char name[120];
    fk_relation relation;
    double left, right;
    double quadrature, discretisation; /* bounds, >= 0 */
    double statistical;                /* standard error, >= 0 */
    double effect;
    const char *origin; /* of the expected errors; static */
    /* by fk_trial_judge */
    double allowed; /* the difference that is still no contradiction */
    double sigmas;  /* of what exceeds the bounds; 0 where nothing is random */
    fk_finding_word word;
} fk_evidence;

typedef struct fk_claim_figure {
    char name[64], caption[512];
} fk_claim_figure;

/* One run of a claim. */
struct fk_trial {
    const fk_claim *claim;
    double value[FK_CLAIM_PARAMETERS];
    uint64_t seed;
    const fk_claim_break *broken; /* NULL: the formula as it is */
    fk_gallery *gallery;          /* NULL: no pictures */
    const fk_progress *progress;
    fk_message *message;
    size_t n_rows, n_figures;
    fk_evidence row[FK_CLAIM_ROWS];
    fk_claim_figure figure[FK_CLAIM_FIGURES];
    fk_finding_word word; /* the worst of the rows */
    double seconds;
};

/* For the claims: a parameter's value, by a name that the claim has. */
double fk_trial_value(const fk_trial *t, const char *name);
size_t fk_trial_whole(const fk_trial *t, const char *name);

/* Whether the claim is run with this break, which it has. */
bool fk_trial_broken(const fk_trial *t, const char *name);

/* Adds a row under a name; what it is compared by is in `e`. */
void fk_trial_add(fk_trial *t, fk_evidence e, const char *name, ...) FK_PRINTF(3, 4);

/* Draws where pictures are wanted.  Names of pictures begin with the claim's. */
void fk_trial_curves(fk_trial *t, const char *caption, const fk_curves *c);
void fk_trial_maps(fk_trial *t, const char *caption, const fk_maps *m);

/* ---- running ---- */

/* A trial with the claim's standard values (or the quick ones), to be freed with free(). */
FK_NODISCARD fk_status fk_trial_new(const fk_claim *c, bool quick, fk_trial **out);

/* "key=value": a parameter, seed=NUMBER, or break=NAME.  FK_ESYNTAX with a sentence. */
FK_NODISCARD fk_status fk_trial_set(fk_trial *t, const char *setting,
                                    fk_message *message);

/* Runs the claim and judges it.  FK_EINTERRUPTED, or the claim's failure. */
FK_NODISCARD fk_status fk_trial_run(fk_trial *t, const fk_progress *progress,
                                    fk_message *message);

/* Decides every row, and by the worst of them the claim.
 *
 * Rows without statistical error fail where |left - right| exceeds the sum of their
 * bounds.  Of the others, what exceeds the bounds is counted in standard errors and the
 * rows are tested together at the level 1e-4 by Holm's step-down rule, so that a true claim
 * is called wrong once in ten thousand trials whatever its number of rows.  Inequalities
 * are tested on their one side; FK_DIFFERENT holds where equality is rejected.
 * A row is undecided if the effect could hide in what it allows, or a side is no finite
 * number.  [holm-1979] */
void fk_trial_judge(fk_trial *t);

#endif
