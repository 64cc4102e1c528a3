/* Named processes: an SDE by name, as text with named parameters.  One file each in
 * sde/processes/, one line each in sde/processes.def.
 *
 * A process of any dimension states one line per variable in which `X` stands for the
 * variable and gets one independent noise per variable.  A process of fixed dimension
 * names its variables and states drift[dim] and noise[dim][noises]. */
#ifndef FK_SDE_PROCESS_H
#define FK_SDE_PROCESS_H

#include <stddef.h>

typedef struct fk_process_parameter {
    const char *name;     /* NULL ends the list */
    const char *standard; /* default, as an expression; NULL: must be given */
    const char *meaning;  /* with unit */
} fk_process_parameter;

enum { FK_PROCESS_DIM = 3, FK_PROCESS_NOISES = 3 };

typedef struct fk_process {
    const char *name;      /* problem-file word */
    const char *summary;   /* one line for `fokker list processes` */
    const char *equation;  /* e.g. "dX = -theta (X - mu) dt + sigma dW" */
    const char *reference; /* key into REFERENCES.md */
    double before;         /* times end before this, where a coefficient is infinite; 0:
                              there is no such time */
    size_t dim;            /* 0: any, per variable */
    size_t noises;         /* columns of noise; 0 where dim == 0 */
    const char *variable[FK_PROCESS_DIM]; /* standard names, dim > 0 */
    const char *drift[FK_PROCESS_DIM];
    const char *noise[FK_PROCESS_DIM][FK_PROCESS_NOISES]; /* NULL is 0 */
    fk_process_parameter parameter[8];
} fk_process;

extern const fk_process *const fk_processes[];       /* NULL-terminated */
const fk_process *fk_process_find(const char *name); /* NULL if there is none */

#endif
