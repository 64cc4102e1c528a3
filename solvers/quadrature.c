#include "solvers/quadrature.h"

#include <assert.h>
#include <gsl/gsl_integration.h>

fk_status fk_gauss_legendre(size_t n, double *node, double *weight)
{
    assert(n >= 1 && n <= 64);
    gsl_integration_glfixed_table *table = gsl_integration_glfixed_table_alloc(n);
    if (table == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < n; i++)
        (void)gsl_integration_glfixed_point(-1.0, 1.0, i, &node[i], &weight[i], table);
    gsl_integration_glfixed_table_free(table);
    return FK_OK;
}
