/* Private to pde/.
 * Averages over a grid's cells of functions of the variables and t, by Gauss-Legendre with
 * three points an axis of the even coordinates. */
#ifndef FK_PDE_FUNCTION_AVERAGE_H
#define FK_PDE_FUNCTION_AVERAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/grid.h"
#include "core/status.h"
#include "sde/sde.h"

enum { FK_FUNCTION_AVERAGES = 4 }; /* the most functions at once */

typedef struct fk_function_average fk_function_average;

/* Of e[n], functions of the even coordinates (sde/stretched.h) in the SDE's symbols; name[n]
 * are for messages, and borrowed like sde. */
FK_NODISCARD fk_status fk_function_average_new(const fk_sde *sde, const fk_grid *g,
                                               size_t n, const fk_expr *const *e,
                                               const char *const *name,
                                               fk_function_average **out);
void fk_function_average_free(fk_function_average *a); /* accepts NULL */

bool fk_function_average_steady(
    const fk_function_average *a); /* all of them are free of t */

/* value[n][cells] at time t.  FK_EDOMAIN with a sentence where one is not finite. */
FK_NODISCARD fk_status fk_function_average_take(const fk_function_average *a, double t,
                                                double *const *value,
                                                fk_message *message);

#endif
