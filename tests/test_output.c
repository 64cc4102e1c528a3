/* What a run leaves on disk, read back by other eyes: netCDF's library, the YAML reader
 * (JSON is YAML), gnuplot's PNG signature. */
#include <netcdf.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/density.h"
#include "core/yaml.h"
#include "plots/output.h"
#include "tests/output_fixture.h"
#include "tests/stretch_fixture.h"
#include "tests/suite.h"

static fixture f;
static char dir[64];

static void begin(size_t dim)
{
    fixture_begin(&f, dim, dim == 1 ? 80 : 40, 8);
    f.problem.result =
        (fk_problem_output){.plots = true, .animation = true, .frames = 8};
    snprintf(dir, sizeof dir, "/tmp/fokker-output-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void end(void)
{
    char command[128];
    fixture_end(&f);
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    ck_assert_int_eq(system(command), 0);
}

static const char *in_dir(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static char *content(const char *path, size_t *size)
{
    FILE *in = fopen(path, "rb");
    ck_assert_msg(in != NULL, "no %s", path);
    fseek(in, 0, SEEK_END);
    *size = (size_t)ftell(in);
    rewind(in);
    char *text = calloc(*size + 1, 1);
    ck_assert_uint_eq(fread(text, 1, *size, in), *size);
    fclose(in);
    return text;
}

static size_t files_in(const char *path)
{
    char command[300];
    size_t n = 0;
    snprintf(command, sizeof command, "ls -A '%s' | wc -l", path);
    FILE *out = popen(command, "r");
    ck_assert_int_eq(fscanf(out, "%zu", &n), 1);
    pclose(out);
    return n;
}

/* ---- results.nc ---- */

static void expect_attribute(int id, const char *name, const char *text)
{
    size_t length = 0;
    char *value = NULL;
    ck_assert_int_eq(nc_inq_attlen(id, NC_GLOBAL, name, &length), NC_NOERR);
    value = calloc(length + 1, 1);
    ck_assert_int_eq(nc_get_att_text(id, NC_GLOBAL, name, value), NC_NOERR);
    ck_assert_str_eq(value, text);
    free(value);
}

START_TEST(densities_come_back)
{
    begin((size_t)_i);
    fk_message message;
    const char *path = in_dir("results.nc");
    ck_assert_int_eq(fk_write_results(&f.result, path, &message), FK_OK);
    int id, variable;
    const size_t cells = fk_grid_cells(&f.problem.domain.grid);
    double *p = fk_doubles(5 * cells);
    ck_assert_int_eq(nc_open(path, NC_NOWRITE, &id), NC_NOERR);
    ck_assert_int_eq(nc_inq_varid(id, "density", &variable), NC_NOERR);
    ck_assert_int_eq(nc_get_var_double(id, variable, p), NC_NOERR);
    for (size_t i = 0; i < 5; i++)
        ck_assert_mem_eq(p + i * cells, f.result.snapshot[i].pde, cells * sizeof *p);
    ck_assert_int_eq(nc_inq_varid(id, "x", &variable), NC_NOERR);
    ck_assert_int_eq(nc_get_var_double(id, variable, p), NC_NOERR);
    for (size_t c = 0; c < f.problem.domain.grid.axis[0].cells; c++)
        ck_assert_double_eq(p[c], fk_axis_centre(&f.problem.domain.grid.axis[0], c));
    expect_attribute(id, "problem", f.problem.text);
    expect_attribute(id, "command", f.result.command);
    expect_attribute(id, "version", "0.1.0");
    expect_attribute(id, "word", "agree");
    nc_close(id);
    ck_assert_uint_eq(files_in(dir), 1); /* nothing temporary is left */
    free(p);
    end();
}
END_TEST

/* Two paths, the second of which ends early: what lies behind its end is missing. */
START_TEST(paths_come_back)
{
    enum { PATHS = 2, POINTS = 5 };
    fk_message message;
    int id, variable;
    double x[PATHS][POINTS];
    unsigned long long particle[PATHS];
    begin(1);
    f.result.n_traced = PATHS;
    f.result.traced = calloc(PATHS, sizeof *f.result.traced);
    for (size_t i = 0; i < PATHS; i++) {
        fk_path *p = &f.result.traced[i];
        *p = (fk_path){.particle = 17 + i,
                       .n = POINTS - 2 * i,
                       .t = fk_doubles(POINTS),
                       .x = fk_doubles(POINTS)};
        for (size_t k = 0; k < p->n; k++)
            p->x[k] = 10.0 * (double)i + sqrt((double)k);
    }
    const char *path = in_dir("paths.nc");
    ck_assert_int_eq(fk_write_results(&f.result, path, &message), FK_OK);
    ck_assert_int_eq(nc_open(path, NC_NOWRITE, &id), NC_NOERR);
    ck_assert_int_eq(nc_inq_varid(id, "path_x", &variable), NC_NOERR);
    ck_assert_int_eq(nc_get_var_double(id, variable, &x[0][0]), NC_NOERR);
    ck_assert_int_eq(nc_inq_varid(id, "path_particle", &variable), NC_NOERR);
    ck_assert_int_eq(nc_get_var_ulonglong(id, variable, particle), NC_NOERR);
    for (size_t i = 0; i < PATHS; i++) {
        ck_assert_uint_eq(particle[i], 17 + i);
        for (size_t k = 0; k < POINTS; k++)
            if (k < POINTS - 2 * i)
                ck_assert_double_eq(x[i][k], 10.0 * (double)i + sqrt((double)k));
            else
                ck_assert(isnan(x[i][k]));
    }
    nc_close(id);
    end();
}
END_TEST

/* On a stretched axis they are those of the variable: density times extent is mass, a
 * current is divided by the slopes across it. */
START_TEST(densities_of_the_variables_are_written)
{
    begin((size_t)_i);
    fk_message message;
    const fk_grid *g = &f.problem.domain.grid;
    fk_axis *a = &f.problem.domain.grid.axis[_i - 1];
    fk_stretch *m = stretch(f.problem.pool, "2*sinh(u)", a->lo, a->hi, a->cells);
    a->stretch = m;
    const char *path = in_dir("results.nc");
    ck_assert_int_eq(fk_write_results(&f.result, path, &message), FK_OK);
    int id, variable;
    const size_t cells = fk_grid_cells(g);
    double *p = fk_doubles(5 * cells), *extent = fk_doubles(a->cells);
    ck_assert_int_eq(nc_open(path, NC_NOWRITE, &id), NC_NOERR);
    ck_assert_int_eq(nc_inq_varid(id, _i == 1 ? "x_extent" : "v_1_extent", &variable),
                     NC_NOERR);
    ck_assert_int_eq(nc_get_var_double(id, variable, extent), NC_NOERR);
    ck_assert_int_eq(nc_inq_varid(id, "density", &variable), NC_NOERR);
    ck_assert_int_eq(nc_get_var_double(id, variable, p), NC_NOERR);
    const double *q = f.result.snapshot[4].pde;
    double mass = 0.0;
    for (size_t c = 0; c < cells; c++) {
        size_t index[FK_GRID_DIM];
        fk_grid_unravel(g, c, index);
        mass += p[4 * cells + c] * extent[index[_i - 1]] *
                (_i == 1 ? 1.0 : fk_axis_width(&g->axis[0]));
        ck_assert_double_eq_tol(p[4 * cells + c] * fk_grid_slope(g, c), q[c], 1e-12);
    }
    ck_assert_double_eq_tol(mass, fk_density_mass(g, q), 1e-12);
    if (_i == 2) {
        const double *J = f.result.snapshot[4].current[0];
        ck_assert_int_eq(nc_inq_varid(id, "current_x", &variable), NC_NOERR);
        ck_assert_int_eq(nc_get_var_double(id, variable, p), NC_NOERR);
        for (size_t c = 0; c < cells; c++)
            ck_assert_double_eq_tol(p[4 * cells + c] * fk_grid_slope(g, c), J[c],
                                    1e-12);
    }
    nc_close(id);
    free(p);
    free(extent);
    fk_stretch_free(m);
    end();
}
END_TEST

START_TEST(no_place_to_write)
{
    begin(1);
    fk_message message = {""};
    ck_assert_int_eq(
        fk_write_results(&f.result, in_dir("no/such/results.nc"), &message), FK_EIO);
    ck_assert_ptr_nonnull(strstr(message.text, "results.nc"));
    ck_assert_int_eq(fk_write_report(&f.result, in_dir("no/such"), &message), FK_EIO);
    ck_assert_ptr_nonnull(strstr(message.text, "report.html"));
    ck_assert_uint_eq(files_in(dir), 0);
    FILE *full = fopen("/dev/full", "w");
    if (full != NULL) {
        ck_assert_int_eq(fk_write_summary(&f.result, full), FK_EIO);
        fclose(full);
    }
    end();
}
END_TEST

/* ---- summary.json ---- */

static double number_at(const fk_yaml *map, const char *key)
{
    double value = NAN;
    ck_assert_msg(fk_yaml_number(fk_yaml_get(map, key), &value), "no number %s", key);
    return value;
}

START_TEST(summary_is_json)
{
    begin((size_t)_i);
    const fk_yaml_origin origin = {"summary.json", false};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    ck_assert_int_eq(fk_write_summary(&f.result, out), FK_OK);
    fclose(out);
    fk_yaml *root = NULL;
    fk_message message;
    ck_assert_msg(fk_yaml_parse(text, size, &origin, &root, &message) == FK_OK, "%s",
                  message.text);
    ck_assert_str_eq(fk_yaml_get(root, "verdict")->text, "agree");
    ck_assert_str_eq(fk_yaml_get(root, "command")->text, f.result.command);
    ck_assert_str_eq(fk_yaml_get(root, "problem")->text, f.problem.text);
    const fk_yaml *list = fk_yaml_get(root, "comparisons");
    ck_assert_uint_eq(list->n, f.result.n_comparisons);
    for (size_t i = 0; i < list->n; i++) {
        const fk_comparison *c = &f.result.comparison[i];
        ck_assert_double_eq(number_at(list->entry[i], "l1"), c->l1);
        ck_assert_str_eq(fk_yaml_get(list->entry[i], "reference")->text, c->reference);
    }
    ck_assert_uint_eq(fk_yaml_get(root, "reverse")->n, f.result.n_reverse);
    ck_assert_ptr_null(strstr(text, "nan"));
    ck_assert_ptr_null(strstr(text, "inf,"));
    fk_yaml_free(root);
    free(text);
    end();
}
END_TEST

START_TEST(table_fits_a_terminal)
{
    begin((size_t)_i);
    char *text = NULL;
    size_t size = 0, column = 0;
    FILE *out = open_memstream(&text, &size);
    fk_print_table(&f.result, out);
    fclose(out);
    for (const char *c = text; *c != '\0'; c++) {
        column = *c == '\n' ? 0 : column + 1;
        ck_assert_uint_le(column, 80);
    }
    ck_assert_ptr_nonnull(strstr(text, "verdict: agree"));
    free(text);
    end();
}
END_TEST

/* ---- figures ---- */

static void expect_picture(const char *name, const char *signature)
{
    size_t size;
    char *bytes = content(in_dir(name), &size);
    ck_assert_msg(size > 1000 && memcmp(bytes, signature, strlen(signature)) == 0,
                  "%s is no picture", name);
    free(bytes);
}

START_TEST(pictures_are_drawn)
{
    begin((size_t)_i);
    fk_message message = {""};
    const fk_status status = fk_write_figures(&f.result, dir, NULL, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    expect_picture("plots/animation.gif", "GIF8");
    expect_picture("plots/generated.png", "\x89PNG");
    expect_picture("plots/budget.svg", "<?xml");
    expect_picture(_i == 1 ? "plots/density.png" : "plots/snapshots.png", "\x89PNG");
    if (_i == 2)
        expect_picture("plots/backward.png", "\x89PNG");

    ck_assert_int_eq(unlink(in_dir("plots/budget.png")), 0);
    ck_assert_int_eq(fk_redraw_figures(dir, &message), FK_OK);
    expect_picture("plots/budget.png", "\x89PNG");
    FILE *script = fopen(in_dir("plots/budget.gp"), "a");
    fputs("this is not gnuplot\n", script);
    fclose(script);
    ck_assert_int_eq(fk_redraw_figures(dir, &message), FK_EIO);
    ck_assert_ptr_nonnull(strstr(message.text, "budget.gp"));
    end();
}
END_TEST

START_TEST(gnuplot_may_be_missing)
{
    begin(1);
    fk_message message = {""};
    ck_assert_int_eq(setenv("PATH", "/nonexistent", 1), 0);
    ck_assert_int_eq(fk_write_figures(&f.result, dir, NULL, &message), FK_EIO);
    ck_assert_ptr_nonnull(strstr(message.text, "gnuplot"));
    ck_assert_int_eq(setenv("PATH", "/usr/bin:/bin", 1), 0);
    end();
}
END_TEST

/* ---- report.html ---- */

START_TEST(report_needs_nothing_else)
{
    begin((size_t)_i);
    fk_message message;
    ck_assert_int_eq(fk_write_figures(&f.result, dir, NULL, &message), FK_OK);
    ck_assert_int_eq(fk_write_report(&f.result, dir, &message), FK_OK);
    size_t size, pictures = 0;
    char *page = content(in_dir("report.html"), &size);
    for (const char *c = page; (c = strstr(c, "src=\"")) != NULL; c += 5) {
        ck_assert_msg(strncmp(c + 5, "data:image/", 11) == 0, "%.40s", c);
        pictures++;
    }
    ck_assert_uint_ge(pictures, 4);
    ck_assert_ptr_null(strstr(page, "href=\""));
    ck_assert_ptr_null(strstr(page, "<script"));
    ck_assert_ptr_nonnull(strstr(page, "<math"));
    ck_assert_ptr_nonnull(strstr(page, f.result.sentence));
    ck_assert_ptr_nonnull(strstr(page, "&lt;c&gt;")); /* of the command line */
    ck_assert_ptr_nonnull(strstr(page, "</html>"));
    free(page);
    end();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("output");
    TCase *cases = tcase_create("output");
    tcase_set_timeout(cases, 100);
    tcase_add_loop_test(cases, densities_come_back, 1, 3);
    tcase_add_test(cases, paths_come_back);
    tcase_add_loop_test(cases, densities_of_the_variables_are_written, 1, 3);
    tcase_add_test(cases, no_place_to_write);
    tcase_add_loop_test(cases, summary_is_json, 1, 3);
    tcase_add_loop_test(cases, table_fits_a_terminal, 1, 3);
    tcase_add_loop_test(cases, pictures_are_drawn, 1, 3);
    tcase_add_test(cases, gnuplot_may_be_missing);
    tcase_add_loop_test(cases, report_needs_nothing_else, 1, 3);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
