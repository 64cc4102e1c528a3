/* Private to experiments/.
 * The weak form of a problem's equation, held by paths (sampling/weak_residual.h): which
 * test functions, how many paths, what the rows say together, and which term is wrong if
 * they say no. */
#ifndef FK_EXPERIMENTS_WEAK_H
#define FK_EXPERIMENTS_WEAK_H

#include "experiments/claim.h"
#include "experiments/run.h"
#include "sampling/wrong_term.h"
#include "sde/test_family.h"

/* Rows of a trial are two for each of them. */
enum { FK_WEAK_MOST = 48 };

typedef struct fk_weak_request {
    const fk_problem *problem; /* of the paths */
    const fk_methods *methods;
    const fk_problem *claim; /* whose equation is held against them; maybe the same */
    bool family[FK_FAMILIES];
    size_t n_phi;
    const char *const *phi; /* further functions, as text in the claim's names */
    size_t paths;           /* 0: as many as show the effect */
    double effect;          /* relative error that matters */
} fk_weak_request;

/* What became of one correction. */
typedef struct fk_weak_term {
    double seen_from; /* smallest deviation of the amount that a row shows */
    double matters;   /* the one that should be shown */
    bool examined;    /* only where the equation is contradicted */
    fk_suspect suspect;
    char says[200];
} fk_weak_term;

typedef struct fk_weak_answer {
    size_t n, wanted; /* functions used, and asked for */
    fk_test_function function[FK_WEAK_MOST];
    const fk_expr *phi[FK_WEAK_MOST];
    double *centre, *width, *box; /* owned: [dim], [dim], [dim][2] */
    fk_weak_paths paths;
    fk_weak_residual residual;
    double quadrature[2 * FK_WEAK_MOST]; /* bounds for the rule's error */
    double chi_square, p;
    fk_corrections corrections;
    fk_weak_term *term; /* [corrections] */
    fk_claim claim;     /* what is claimed, for the trial */
    fk_trial *trial;    /* its rows: m of each function, then s of each */
    fk_finding_word word;
    char conclusion[1500];
} fk_weak_answer;

/* FK_ESYNTAX, FK_EDOMAIN or FK_ELIMIT with a sentence, FK_EINTERRUPTED, FK_ENOMEM.  Clear
 * the answer in any case.  request and what it has must outlive it. */
FK_NODISCARD fk_status fk_weak_verify(const fk_weak_request *request,
                                      const fk_progress *progress, fk_weak_answer *out,
                                      fk_message *message);
void fk_weak_clear(fk_weak_answer *a);

/* The table, at most 80 columns; and JSON, whose keys docs/output.md explains. */
void fk_weak_print(const fk_weak_request *request, const fk_weak_answer *a, FILE *out);
void fk_weak_json(const fk_weak_request *request, const fk_weak_answer *a, FILE *out);

#endif
