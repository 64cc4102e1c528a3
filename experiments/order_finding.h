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

typedef struct fk_finding {
    const char *kind;   /* "weak order" */
    char method[64];    /* whose */
    const char *advice; /* what would help if noise hides the orders */
    size_t n_curves;
    fk_finding_curve curve[FK_FINDING_CURVES];
    fk_word word;
    double declared, order, error; /* of the curve that decides */
} fk_finding;

/* Finds the orders: of noisy curves by a fit; of others that of the finest pair above
 * rounding, with half its change from the pair before for a standard error.  The curve that
 * falls shortest of its declared order decides.  A curve with fewer than three points
 * above noise says nothing. */
void fk_finding_judge(fk_finding *f);

void fk_finding_print(const fk_finding *f);
void fk_finding_write_json(const fk_finding *f, const char *problem); /* to stdout */
FK_NODISCARD fk_status fk_finding_draw(const fk_finding *f, const char *problem,
                                       const char *folder, fk_message *message);

#endif
