/* What `fokker order` found: errors over steps, the orders fitted to them, a verdict on the
 * declared ones; as text, JSON and a picture. */
#ifndef FK_EXPERIMENTS_ORDER_FINDING_H
#define FK_EXPERIMENTS_ORDER_FINDING_H

#include "core/slope.h"
#include "core/status.h"
#include "plots/result.h"

enum { FK_FINDING_CURVES = 6, FK_FINDING_POINTS = 16 };

typedef struct fk_finding_curve {
    char name[64];         /* what is measured */
    const char *step_name; /* "step" */
    double declared;       /* order; HUGE_VAL: exact */
    size_t n;
    double step[FK_FINDING_POINTS], value[FK_FINDING_POINTS], error[FK_FINDING_POINTS];
    bool noisy;     /* error[] are standard errors, not rounding */
    fk_slope slope; /* found by fk_finding_judge */
} fk_finding_curve;

/* A mean at the shortest step, and what theory makes of it. */
typedef struct fk_finding_limit {
    char name[64];
    double value, error; /* and its standard error */
    double bias;         /* of the step, as measured */
    double doubt;        /* standard error of the bias, or what it leaves out */
    double exact;
} fk_finding_limit;

typedef struct fk_finding {
    const char *kind;    /* "weak order" */
    char method[64];     /* whose */
    const char *advice;  /* what would help if noise hides the orders */
    char reference[400]; /* what results are compared with, and why; empty: not told */
    bool exact;          /* they are compared with exact ones, not with each other */
    size_t n_limits;
    fk_finding_limit limit[FK_FINDING_CURVES];
    size_t n_curves;
    fk_finding_curve curve[FK_FINDING_CURVES];
    fk_word word;
    double declared, order, error; /* of the curve that decides */
    const fk_finding_limit *wrong; /* of `limit`; NULL: none */
} fk_finding;

/* Finds the orders: of noisy curves by a fit; of others that of the finest pair above
 * rounding, with half its change from the pair before for a standard error.  The curve that
 * falls shortest of its declared order decides.  A curve with fewer than three points
 * above noise says nothing.  A mean that is more than four standard errors from its exact
 * value plus the bias, and more than the doubt of that, decides against the method. */
void fk_finding_judge(fk_finding *f);

void fk_finding_print(const fk_finding *f);
void fk_finding_write_json(const fk_finding *f, const char *problem); /* to stdout */
FK_NODISCARD fk_status fk_finding_draw(const fk_finding *f, const char *problem,
                                       const char *folder, fk_message *message);

#endif
