/* One-step schemes for ensembles, over blocks of FK_BLOCK particles.  One file each in
 * sampling/schemes/, one line each in sampling/schemes.def. */
#ifndef FK_SAMPLING_SCHEME_H
#define FK_SAMPLING_SCHEME_H

#include <stdbool.h>
#include <stddef.h>

#include "core/block.h"
#include "core/grid.h"
#include "core/status.h"
#include "sde/sde.h"

/* The SDE compiled for stepping, shared read-only by all threads. */
typedef struct fk_stepper fk_stepper;

/* What Brownian increments are drawn as, over sqrt(h).  For expectations it is enough that
 * the first moments are those of N(0, 1): up to the third for weak order 1, up to the
 * fifth for weak order 2.  [kloeden-platen-1992, sections 14.1 and 14.2] */
typedef enum fk_increments {
    FK_GAUSSIAN,
    FK_THREE_POINT, /* 0 and +-sqrt(3), with probabilities 2/3 and 1/6 */
    FK_RADEMACHER,  /* +-1 */
} fk_increments;

enum { FK_INCREMENTS = 3 };
extern const char *const fk_increments_name[FK_INCREMENTS + 1]; /* then NULL */

/* The most general noise that a scheme accepts. */
typedef enum fk_noise_kind {
    FK_ANY_NOISE,
    FK_COMMUTATIVE_NOISE,
    FK_OWN_NOISE,      /* each noise drives variables of its own */
    FK_ADDITIVE_NOISE, /* free of the variables */
    FK_CONSTANT_NOISE, /* and of time */
    FK_NO_NOISE,
    FK_PROCESS_NOISE, /* that of the processes which the summary names */
} fk_noise_kind;

const char *fk_noise_kind_text(fk_noise_kind k); /* "free of the variables" */

/* What the rows of normals that a step takes say of the Brownian path. */
typedef enum fk_path_kind {
    FK_INCREMENT_PATH,  /* the first are its increments; others say nothing of it */
    FK_INTEGRATED_PATH, /* then its time integrals (sampling/time_integral.h) */
    FK_TREE_PATH,       /* increments, and keys to the path within the step */
    FK_OWN_PATH,        /* nothing: they are made for the scheme's own law */
} fk_path_kind;

/* How steps are taken where a scheme leaves a choice. */
typedef struct fk_step_rules {
    fk_increments increments;
    double
        tolerance; /* for schemes that choose shorter steps inside a step of h: of one
                         such step of length l the error allowed is tolerance h sqrt(l); 0:
                         they choose none */
} fk_step_rules;

typedef struct fk_scheme {
    const char *name;                 /* problem-file word */
    const char *summary;              /* one line for `fokker list schemes` */
    const char *reference;            /* key into REFERENCES.md */
    fk_interpretation interpretation; /* where a step takes noise that depends on the
                                         variables; problems in other ones are converted */
    fk_noise_kind noise;
    /* E|X_T - X_T^h| = O(h^strong_order), multiplicative noise; 0: it follows no path that
     * steps of other lengths follow too */
    double strong_order;
    double weak_order;      /* |E phi(X_T) - E phi(X_T^h)| = O(h^weak_order) */
    fk_increments coarsest; /* that keep the weak order; those named before it do too */
    fk_path_kind path;

    /* Compile; FK_EDOMAIN with a sentence if the scheme does not accept this SDE. */
    fk_status (*prepare)(const fk_sde *sde, fk_stepper **out, fk_message *message);
    void (*release)(fk_stepper *s);         /* accepts NULL */
    size_t (*scratch)(const fk_stepper *s); /* doubles per thread */

    /* Told once, before anything below is asked, the shortest step that will be drawn and
     * how steps are to be taken.  NULL: of no interest. */
    void (*tune)(fk_stepper *s, double step, fk_step_rules rules);

    /* Rows of N(0, 1) that a step takes: first the Brownian increments over sqrt(h), one
     * row a noise, then whatever else the scheme draws (signs, +-1, where the increments
     * are not Gaussian).  NULL: the increments alone. */
    size_t (*draws)(const fk_stepper *s);

    /* Makes of rows of N(0, 1), in place, those that join and step take.  NULL: they are
     * taken as they are. */
    void (*shape)(const fk_stepper *s, double *z);

    /* z[draws][FK_BLOCK]: the rows of a step of 2 h along the path of two steps of h with
     * the rows first and second.  NULL: (first + second) / sqrt(2), which is right for
     * increments. */
    void (*join)(const fk_stepper *s, double h, const double *first,
                 const double *second, double *z);

    /* In place of join, the other way: rows of the halves of a step from those of the
     * whole.  NULL: join. */
    void (*split)(const fk_stepper *s, const double *z, double *first, double *second);

    /* Rows behind the variables in x, in which a path takes something from one step to the
     * next; infinite before the first.  NULL: none. */
    size_t (*memory)(const fk_stepper *s);

    /* Advance x[dim + memory][FK_BLOCK] from t to t + h; z[draws][FK_BLOCK]. */
    void (*step)(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch);

    /* Gaussian law of the step's result given its start: mean[dim][FK_BLOCK] and
     * covariance[dim][dim][FK_BLOCK].  NULL if the scheme has none in closed form. */
    void (*transition)(const fk_stepper *s, double t, double h, const double *const *x,
                       double *const *mean, double *const *covariance, double *scratch);
} fk_scheme;

/* What steps make of faces.  Of zeros: reflecting faces send a path back as far inside as
 * it had come outside (symmetrised, right to order h) and absorbing ones take those found
 * beyond them after a step, which misses touches between steps: an error of order
 * sqrt(h). */
typedef struct fk_face_rules {
    bool bridge; /* absorb between steps too, with the probability of a Brownian bridge:
                     order h */
    bool project; /* reflecting faces put paths on the wall: order sqrt(h) */
} fk_face_rules;

/* The orders for an SDE, weak between these faces (domain NULL: none).  Jumps are split
 * from what lies between them, symmetrically: weak order 2, and at least strong order 1/2,
 * are left of schemes that have more; killing leaves weak order 2.  Stable noise is split from it in turn, weak order
 * 1, and its steps over an absorbing face are seen at their ends alone.  The law's mean
 * values are known to order 2. */
double fk_scheme_strong_order(const fk_scheme *s, const fk_sde *sde);
double fk_scheme_weak_order(const fk_scheme *s, const fk_sde *sde,
                            const fk_domain *domain, fk_face_rules rules);

/* Whether the scheme, the bridge and the increments fit the problem: FK_EDOMAIN with a
 * sentence if not. */
FK_NODISCARD fk_status fk_scheme_fits(const fk_scheme *s, const fk_sde *sde,
                                      const fk_domain *domain, fk_face_rules faces,
                                      fk_step_rules rules, fk_message *message);

extern const fk_scheme *const fk_schemes[]; /* NULL-terminated */
const fk_scheme *fk_scheme_find(const char *name);

#endif
