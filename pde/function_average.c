#include "pde/function_average.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/program.h"

struct fk_function_average {
    fk_grid grid, even; /* as given, and of the even coordinates */
    size_t cells, n;
    const char *const *name;
    fk_program *program;
    double *scratch; /* of the program */
};

fk_status fk_function_average_new(const fk_sde *sde, const fk_grid *g, size_t n,
                                  const fk_expr *const *e, const char *const *name,
                                  fk_function_average **out)
{
    assert(n <= FK_FUNCTION_AVERAGES);
    *out = NULL;
    fk_function_average *a = calloc(1, sizeof *a);
    if (a == NULL)
        return FK_ENOMEM;
    const fk_binding binding = fk_sde_binding(sde);
    a->grid = *g;
    a->even = fk_grid_even(g);
    a->cells = fk_grid_cells(g);
    a->n = n;
    a->name = name;
    fk_status status = fk_program_new(n, e, &binding, &a->program);
    if (status == FK_OK) {
        a->scratch = fk_doubles(fk_program_scratch(a->program));
        status = a->scratch != NULL ? FK_OK : FK_ENOMEM;
    }
    if (status != FK_OK) {
        fk_function_average_free(a);
        return status;
    }
    *out = a;
    return FK_OK;
}

void fk_function_average_free(fk_function_average *a)
{
    if (a == NULL)
        return;
    fk_program_free(a->program);
    free(a->scratch);
    free(a);
}

bool fk_function_average_steady(const fk_function_average *a)
{
    for (size_t i = 0; i < a->n; i++)
        if (!fk_program_steady(a->program, i))
            return false;
    return true;
}

/* Adds the values at node q of n cells from `first` on, weighted; nodes are numbered with
 * those of axis 0 fastest. */
static void add_node(const fk_function_average *a, double t, size_t first, size_t n,
                     size_t q, double *const *value)
{
    static const double place[] = {-0.38729833462074169, 0.0, 0.38729833462074169};
    static const double weight[] = {5.0 / 18.0, 8.0 / 18.0, 5.0 / 18.0};
    _Alignas(FK_ALIGN) double x[FK_GRID_DIM][FK_BLOCK];
    _Alignas(FK_ALIGN) double out[FK_FUNCTION_AVERAGES][FK_BLOCK];
    double w = 1.0;
    for (size_t i = 0; i < a->grid.dim; i++, q /= 3) {
        const double shift = place[q % 3] * fk_axis_width(&a->even.axis[i]);
        w *= weight[q % 3];
        for (size_t k = 0; k < FK_BLOCK; k++) {
            double centre[FK_GRID_DIM];
            fk_grid_centre(&a->even, first + (k < n ? k : 0), centre);
            x[i][k] = centre[i] + shift;
        }
    }
    fk_program_run(a->program, t, (const double *[]){x[0], x[1], x[2]},
                   (double *[]){out[0], out[1], out[2], out[3]}, a->scratch);
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < n; k++)
            value[i][first + k] += w * out[i][k];
}

static fk_status check(const fk_function_average *a, double t, size_t first, size_t n,
                       double *const *value, fk_message *message)
{
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < n; k++)
            if (!isfinite(value[i][first + k])) {
                double x[FK_GRID_DIM];
                fk_grid_centre(&a->grid, first + k, x);
                return fk_fail(message, FK_EDOMAIN,
                               "the %s is not finite in the cell around %g%s at t = %g",
                               a->name[i], x[0], a->grid.dim > 1 ? ", ..." : "", t);
            }
    return FK_OK;
}

fk_status fk_function_average_take(const fk_function_average *a, double t,
                                   double *const *value, fk_message *message)
{
    const size_t nodes = a->grid.dim == 1 ? 3 : a->grid.dim == 2 ? 9 : 27;
    for (size_t first = 0; first < a->cells; first += FK_BLOCK) {
        const size_t n = a->cells - first < FK_BLOCK ? a->cells - first : FK_BLOCK;
        for (size_t i = 0; i < a->n; i++)
            for (size_t k = 0; k < n; k++)
                value[i][first + k] = 0.0;
        for (size_t q = 0; q < nodes; q++)
            add_node(a, t, first, n, q, value);
        FK_TRY(check(a, t, first, n, value, message));
    }
    return FK_OK;
}
