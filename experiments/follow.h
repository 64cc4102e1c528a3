/* One path of a run's particles alone, to the last bit the one in the run. */
#ifndef FK_EXPERIMENTS_FOLLOW_H
#define FK_EXPERIMENTS_FOLLOW_H

#include "experiments/run.h"

/* Sees the states of a path as they come. */
typedef struct fk_follower {
    fk_status (*see)(void *context, double t, const double *x);
    void *context;
} fk_follower;

/* Shows the particle's state at the start, after each `every`-th step, at the output times
 * and where the path ends, and says in *path how and when it did: its n, t and x are not
 * touched.  Only the block of particles around it is simulated, or all where it
 * depends on their law. */
FK_NODISCARD fk_status fk_follow(const fk_problem *p, const fk_methods *methods,
                                 size_t particle, size_t every,
                                 const fk_follower *follower, fk_path *path,
                                 fk_message *message);

/* Steps from the start to the end of the problem. */
size_t fk_follow_steps(const fk_problem *p);

#endif
