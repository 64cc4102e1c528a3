/* The initial law, but for data (problem_samples.c). */
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sde/problem_reader.h"

/* A one-line sentence for people, kept by the problem. */
static fk_status say(const fk_problem_reader *r, const char *format, ...)
    FK_PRINTF(2, 3);
static fk_status say(const fk_problem_reader *r, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = vasprintf(&r->problem->initial_text, format, arguments);
    va_end(arguments);
    if (length >= 0)
        return FK_OK;
    r->problem->initial_text = NULL;
    return FK_ENOMEM;
}

/* "(1, 2.5)" or "1" */
static const char *tuple(size_t n, const double *x, char *text, size_t size)
{
    text[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        const size_t used = strlen(text);
        snprintf(text + used, size - used, "%s%g",
                 i > 0   ? ", "
                 : n > 1 ? "("
                         : "",
                 x[i]);
    }
    const size_t used = strlen(text);
    snprintf(text + used, size - used, "%s", n > 1 ? ")" : "");
    return text;
}

/* ---- Gaussians ---- */

/* Least and largest eigenvalue of a symmetric matrix. */
static fk_status extreme_eigenvalues(size_t d, const double *a, double *least,
                                     double *most)
{
    fk_status status = FK_ENOMEM;
    gsl_matrix *m = gsl_matrix_alloc(d, d);
    gsl_vector *v = gsl_vector_alloc(d);
    gsl_eigen_symm_workspace *w = gsl_eigen_symm_alloc(d);
    if (m != NULL && v != NULL && w != NULL) {
        memcpy(m->data, a, d * d * sizeof *a);
        status = gsl_eigen_symm(m, v, w) == 0 ? FK_OK : FK_ECONVERGE;
        gsl_vector_minmax(v, least, most);
    }
    gsl_matrix_free(m);
    gsl_vector_free(v);
    gsl_eigen_symm_free(w);
    return status;
}

static fk_status check_covariance(const fk_problem_reader *r, const fk_yaml *node,
                                  const double *cov)
{
    const size_t d = r->dim;
    double scale = 0.0, least, most;
    for (size_t i = 0; i < d * d; i++)
        scale = fmax(scale, fabs(cov[i]));
    if (scale > 1e150)
        return fk_yaml_fail(node, r->message, "an entry is larger than 1e150");
    for (size_t i = 0; i < d; i++)
        for (size_t k = 0; k < i; k++)
            if (fabs(cov[i * d + k] - cov[k * d + i]) > 1e-12 * scale)
                return fk_yaml_fail(
                    node, r->message,
                    "is not symmetric: %g in row %zu, column %zu, but %g "
                    "across",
                    cov[i * d + k], i + 1, k + 1, cov[k * d + i]);
    FK_TRY(extreme_eigenvalues(d, cov, &least, &most));
    if (least < -1e-12 * scale)
        return fk_yaml_fail(node, r->message,
                            "is not positive semidefinite: its least eigenvalue is %g",
                            least);
    return FK_OK;
}

/* sd (squared on the diagonal) or cov of a map that has one of them */
static fk_status read_spread(const fk_problem_reader *r, const fk_yaml *map,
                             double *cov)
{
    const size_t d = r->dim;
    const fk_yaml *sd = fk_yaml_get(map, "sd"), *matrix = fk_yaml_get(map, "cov");
    if (sd != NULL && matrix != NULL)
        return fk_yaml_fail_key(matrix, r->message, "give either 'sd' or 'cov'");
    if (sd == NULL && matrix == NULL)
        return fk_read_missing(r, map, "sd");
    if (matrix != NULL) {
        FK_TRY(fk_read_matrix(r, matrix, cov));
        return check_covariance(r, matrix, cov);
    }
    double width[FK_PROBLEM_DIM];
    FK_TRY(fk_read_spread(r, sd, width));
    for (size_t i = 0; i < d; i++) {
        if (width[i] < 0.0 || width[i] > 1e75)
            return fk_read_refuse(r, sd);
        cov[i * d + i] = width[i] * width[i];
    }
    return FK_OK;
}

static fk_status read_component(const fk_problem_reader *r, const fk_yaml *map,
                                fk_mixture *m, size_t k)
{
    const fk_yaml *mean = fk_yaml_get(map, "mean"),
                  *weight = fk_yaml_get(map, "weight");
    FK_TRY(fk_read_map(r, map));
    if (mean == NULL)
        return fk_read_missing(r, map, "mean");
    m->weight[k] = 1.0;
    if (weight != NULL)
        FK_TRY(fk_read_real(r, weight, &m->weight[k]));
    if (m->weight[k] <= 0.0)
        return fk_read_refuse(r, weight);
    FK_TRY(fk_read_vector(r, mean, &m->mean[k * r->dim]));
    return read_spread(r, map, &m->cov[k * r->dim * r->dim]);
}

static fk_status read_point(const fk_problem_reader *r, const fk_yaml *node,
                            fk_mixture *m)
{
    char text[400];
    FK_TRY(fk_read_vector(r, node, m->mean));
    m->weight[0] = 1.0;
    return say(r, "all in the point %s", tuple(r->dim, m->mean, text, sizeof text));
}

static fk_status read_components(const fk_problem_reader *r, const fk_yaml *node,
                                 fk_mixture *m, double *sum)
{
    const bool alone = node->kind == FK_YAML_MAP;
    *sum = 0.0;
    for (size_t k = 0; k < m->components; k++) {
        FK_TRY(read_component(r, alone ? node : node->entry[k], m, k));
        *sum += m->weight[k];
    }
    if (!isfinite(*sum))
        return fk_yaml_fail(node, r->message, "the sum of the weights is not finite");
    for (size_t k = 0; k < m->components; k++)
        m->weight[k] /= *sum;
    return FK_OK;
}

fk_status fk_read_mixture(const fk_problem_reader *r, const fk_yaml *node,
                          fk_mixture **out)
{
    double sum;
    if (node->kind == FK_YAML_TEXT || node->n == 0)
        return fk_read_refuse(r, node);
    FK_TRY(fk_mixture_new(r->dim, node->kind == FK_YAML_MAP ? 1 : node->n, out));
    return read_components(r, node, *out, &sum);
}

static fk_status read_gaussian(const fk_problem_reader *r, const fk_yaml *node,
                               fk_mixture *m)
{
    char mean[400], sd[400];
    double width[FK_PROBLEM_DIM], sum;
    FK_TRY(fk_read_map(r, node));
    FK_TRY(read_components(r, node, m, &sum));
    for (size_t i = 0; i < r->dim; i++)
        width[i] = sqrt(m->cov[i * r->dim + i]);
    return say(r, "Gaussian of mean %s, standard deviation %s%s",
               tuple(r->dim, m->mean, mean, sizeof mean),
               tuple(r->dim, width, sd, sizeof sd),
               fk_yaml_get(node, "cov") != NULL && r->dim > 1 ? ", correlated" : "");
}

static fk_status read_mixture(const fk_problem_reader *r, const fk_yaml *node,
                              fk_mixture *m)
{
    double sum;
    FK_TRY(read_components(r, node, m, &sum));
    if (fabs(sum - 1.0) < 1e-12)
        return say(r, "mixture of %zu Gaussians", node->n);
    return say(r, "mixture of %zu Gaussians, weights divided by their sum, %g", node->n,
               sum);
}

/* Mass of N(m, variance) beyond a face at the distance from m, 1/2 erfc(z / sqrt 2).
 * A point on the upper face is beyond it, as in fk_grid_find. */
static double tail(double distance, double variance, size_t side)
{
    if (variance <= 0.0)
        return distance < 0.0 || (side == 1 && distance <= 0.0) ? 1.0 : 0.0;
    return 0.5 * erfc(distance / sqrt(2.0 * variance));
}

fk_status fk_read_inside(const fk_problem_reader *r, const fk_yaml *node,
                         const fk_mixture *m)
{
    const size_t d = r->dim;
    const fk_domain *domain = &r->problem->domain;
    for (size_t i = 0; r->problem->has_domain && i < d; i++)
        for (size_t side = 0; side < 2; side++) {
            const fk_axis *axis = &domain->grid.axis[i];
            const double face = side == 0 ? axis->lo : axis->hi;
            double beyond = 0.0;
            for (size_t k = 0; k < m->components; k++) {
                const double inward = m->mean[k * d + i] - face;
                beyond += m->weight[k] * tail(side == 0 ? inward : -inward,
                                              m->cov[k * d * d + i * d + i], side);
            }
            const bool open = domain->face[i][side] == FK_OPEN;
            if (beyond > (open ? 1e-2 : 1e-6))
                return fk_yaml_fail(
                    node, r->message,
                    "%.2g of the mass lies outside the domain, beyond %s = "
                    "%g; at most %s may, the end is %s",
                    beyond, r->name[i].name, face, open ? "0.01" : "1e-6",
                    fk_boundary_name(domain->face[i][side]));
        }
    return FK_OK;
}

/* Makes the law of the mixture that `read` fills with `components` Gaussians. */
static fk_status
mixture_law(const fk_problem_reader *r, const fk_yaml *node, size_t components,
            fk_status (*read)(const fk_problem_reader *, const fk_yaml *, fk_mixture *))
{
    fk_mixture *m;
    FK_TRY(fk_mixture_new(r->dim, components, &m));
    fk_status status = read(r, node, m);
    if (status == FK_OK)
        status = fk_read_inside(r, node, m);
    if (status == FK_OK)
        status = fk_law_mixture_new(m, &r->problem->initial);
    fk_mixture_free(m);
    return status;
}

/* ---- other laws ---- */

static fk_status read_uniform(const fk_problem_reader *r, const fk_yaml *node)
{
    double lo[FK_PROBLEM_DIM], hi[FK_PROBLEM_DIM];
    char from_text[400], to_text[400];
    FK_TRY(fk_read_map(r, node));
    const fk_yaml *from = fk_yaml_get(node, "from"), *to = fk_yaml_get(node, "to");
    if (from == NULL || to == NULL)
        return fk_read_missing(r, node, from == NULL ? "from" : "to");
    FK_TRY(fk_read_vector(r, from, lo));
    FK_TRY(fk_read_vector(r, to, hi));
    for (size_t i = 0; i < r->dim; i++) {
        const fk_axis *axis = &r->problem->domain.grid.axis[i < FK_GRID_DIM ? i : 0];
        if (!(lo[i] < hi[i]) || !isfinite(hi[i] - lo[i]))
            return fk_yaml_fail(to, r->message,
                                "must be greater than from: %s = %g to %g",
                                r->name[i].name, lo[i], hi[i]);
        if (r->problem->has_domain && (lo[i] < axis->lo || hi[i] > axis->hi))
            return fk_yaml_fail(node, r->message,
                                "reaches outside the domain: %s = %g to %g",
                                r->name[i].name, lo[i], hi[i]);
    }
    FK_TRY(fk_law_uniform_new(r->dim, lo, hi, &r->problem->initial));
    return say(r, "uniform from %s to %s",
               tuple(r->dim, lo, from_text, sizeof from_text),
               tuple(r->dim, hi, to_text, sizeof to_text));
}

static fk_status read_density(const fk_problem_reader *r, const fk_yaml *node)
{
    const fk_expr *e;
    fk_message reason = {""};
    FK_TRY(fk_read_expression(r, node, &e));
    if (fk_expr_depends(e, r->time))
        return fk_yaml_fail(node, r->message, "may not depend on 't'");
    for (size_t i = r->dim; i < r->total; i++)
        if (fk_expr_depends(e, r->variable[i]))
            return fk_yaml_fail(node, r->message,
                                "may not depend on the coloured noise '%s', which has "
                                "a law of its own",
                                r->name[i].name);
    if (!r->problem->has_domain)
        return fk_yaml_fail_key(node, r->message,
                                "needs a 'domain' to be normalised on");
    const fk_grid grid = fk_read_grid(r);
    const fk_status status =
        fk_law_expression_new(r->problem->sde, e, &grid, &r->problem->initial, &reason);
    if (status == FK_EDOMAIN)
        return fk_yaml_fail(node, r->message, "%s", reason.text);
    FK_TRY(status);
    return say(
        r, "density proportional to %s, divided by its integral over the domain, %g",
        node->text, fk_law_stated_mass(r->problem->initial));
}

static fk_status read_law(fk_problem_reader *r)
{
    const fk_yaml *node = fk_yaml_get(r->root, "initial");
    if (node == NULL)
        return fk_read_missing(r, r->root, "initial");
    FK_TRY(fk_read_map(r, node));
    if (node->n != 1)
        return fk_yaml_fail(
            node, r->message,
            "expected exactly one law (point, gaussian, mixture, uniform, "
            "density or samples), found %zu",
            node->n);
    const fk_yaml *law = node->entry[0];
    if (strcmp(law->key, "point") == 0)
        return mixture_law(r, law, 1, read_point);
    if (strcmp(law->key, "gaussian") == 0)
        return mixture_law(r, law, 1, read_gaussian);
    if (strcmp(law->key, "mixture") == 0) {
        if (law->kind != FK_YAML_LIST || law->n == 0)
            return fk_read_refuse(r, law);
        return mixture_law(r, law, law->n, read_mixture);
    }
    if (strcmp(law->key, "uniform") == 0)
        return read_uniform(r, law);
    if (strcmp(law->key, "density") == 0)
        return read_density(r, law);
    return fk_read_samples(r, law);
}

/* In the domain as it is at the start. */
fk_status fk_read_initial(fk_problem_reader *r)
{
    fk_axis *axis = &r->problem->domain.grid.axis[0];
    const fk_axis whole = *axis;
    if (r->problem->has_domain)
        *axis = r->problem->first;
    const fk_status status = read_law(r);
    *axis = whole;
    FK_TRY(status);
    return fk_coloured_join(r);
}
