/* Analyses as files: what results.nc holds obeys the equations that were solved. */
#include "experiments/findings.h"

#include <math.h>
#include <netcdf.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/memory.h"
#include "experiments/problem_load.h"
#include "tests/suite.h"

/* Solves an analysis of the double well on few cells and opens its results.nc. */
typedef struct kept {
    fk_problem *p;
    fk_findings *f;
    const fk_analysis *a;
    char dir[32];
    int id;
} kept;

static char *file_in(const kept *k, const char *name)
{
    static char path[64];
    snprintf(path, sizeof path, "%s/%s", k->dir, name);
    return path;
}

static kept keep(const char *analysis)
{
    static const char *const setting[] = {"domain.x.cells=64"};
    fk_message message = {""};
    fk_methods methods;
    fk_terminal terminal = fk_terminal_make(true);
    kept k = {.f = calloc(1, sizeof *k.f), .a = fk_analysis_find(analysis)};
    snprintf(k.dir, sizeof k.dir, "/tmp/findings-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(k.dir));
    ck_assert_msg(fk_problem_load("experiments/double_well.yaml", 1, setting, &k.p,
                                  &methods, &message) == FK_OK,
                  "%s", message.text);
    const fk_analysis_request request = {
        .problem = k.p, .methods = &methods, .terminal = &terminal, .modes = 4};
    ck_assert_msg(fk_analyse(k.a, &request, k.f, &message) == FK_OK, "%s",
                  message.text);
    ck_assert_msg(fk_findings_write(k.a, k.f, "fokker analyze", k.dir, &message) ==
                      FK_OK,
                  "%s", message.text);
    ck_assert_int_eq(nc_open(file_in(&k, "results.nc"), NC_NOWRITE, &k.id), NC_NOERR);
    return k;
}

static void end(kept *k)
{
    static const char *const name[] = {"results.nc", "summary.json", "problem.yaml"};
    nc_close(k->id);
    for (size_t i = 0; i < 3; i++)
        unlink(file_in(k, name[i]));
    ck_assert_int_eq(rmdir(k->dir), 0);
    fk_findings_clear(k->a, k->f);
    free(k->f);
    fk_problem_free(k->p);
}

static void read_all(const kept *k, const char *name, double *values)
{
    int variable;
    ck_assert_msg(nc_inq_varid(k->id, name, &variable) == NC_NOERR, "no %s", name);
    ck_assert_int_eq(nc_get_var_double(k->id, variable, values), NC_NOERR);
}

/* int l_i r_j dx = delta_ij, and the eigenvalues of the file are those of the modes. */
START_TEST(modes_are_kept_with_their_duals)
{
    kept k = keep("spectrum");
    double right[4][64], left[4][64], value[4];
    read_all(&k, "right_real", right[0]);
    read_all(&k, "left_real", left[0]);
    read_all(&k, "eigenvalue_real", value);
    for (size_t i = 0; i < 4; i++) {
        for (size_t j = 0; j < 4; j++) {
            double sum = 0.0;
            for (size_t c = 0; c < 64; c++)
                sum += left[i][c] * right[j][c];
            ck_assert_double_eq_tol(sum * 6.0 / 64.0, i == j ? 1.0 : 0.0, 1e-9);
        }
        if (i > 0) /* lambda_0 = 0 is rounding on the grid */
            ck_assert_double_eq_tol(value[i], k.f->grid[0].number[i].value, 1e-12);
    }
    end(&k);
}
END_TEST

/* int (x^4 - x^2) p dx = D in equilibrium, of second order in the cells' width. */
START_TEST(the_stationary_density_is_kept)
{
    kept k = keep("stationary");
    double p[64], x[64], virial = 0.0, mass = 0.0;
    read_all(&k, "stationary", p);
    read_all(&k, "x", x);
    for (size_t c = 0; c < 64; c++) {
        mass += p[c] * 6.0 / 64.0;
        virial += (pow(x[c], 4) - x[c] * x[c]) * p[c] * 6.0 / 64.0;
    }
    ck_assert_double_eq_tol(mass, 1.0, 1e-12);
    ck_assert_double_eq_tol(virial, 0.25, 0.01);
    end(&k);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("findings");
    TCase *tests = tcase_create("findings");
    tcase_add_test(tests, modes_are_kept_with_their_duals);
    tcase_add_test(tests, the_stationary_density_is_kept);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
