/* The equation of a problem: a named process, or drift and noise written out. */
#include <stdlib.h>
#include <string.h>

#include "core/spelling.h"
#include "sde/problem_reader.h"

/* f[dim] and G[dim][noises] while they are put together. */
typedef struct equation {
    size_t noises;
    const fk_expr **drift;
    const fk_expr **noise;
    const fk_expr *killing; /* NULL: none */
} equation;

static fk_status noise_new(equation *q, size_t dim, size_t noises)
{
    q->noises = noises;
    q->noise = calloc(dim * noises + 1, sizeof *q->noise);
    return q->noise == NULL ? FK_ENOMEM : FK_OK;
}

/* ---- a named process ---- */

static fk_status find_process(fk_problem_reader *r)
{
    const fk_yaml *node = fk_yaml_get(r->root, "process");
    if (node == NULL)
        return FK_OK;
    FK_TRY(fk_read_word(r, node));
    r->problem->process = fk_process_find(node->text);
    if (r->problem->process == NULL) {
        size_t n = 0;
        const char *name[100];
        while (n < 100 && fk_processes[n] != NULL) {
            name[n] = fk_processes[n]->name;
            n++;
        }
        const char *near = fk_spelling_nearest(node->text, n, name);
        return fk_yaml_fail(node, r->message, "there is no process '%.60s'%s%s%s",
                            node->text, near != NULL ? "; did you mean '" : "",
                            near != NULL ? near : "",
                            near != NULL ? "'?" : "; see `fokker list processes`");
    }
    static const char *const instead[] = {"drift", "noise"};
    for (size_t i = 0; i < 2; i++) {
        const fk_yaml *both = fk_yaml_get(r->root, instead[i]);
        if (both != NULL)
            return fk_yaml_fail_key(both, r->message,
                                    "the process '%s' has its own; give either "
                                    "'process' or 'drift' and 'noise'",
                                    node->text);
    }
    return FK_OK;
}

/* What the words of a process mean: its variables ours, its parameters as they were
 * read, `X` the variable number x. */
static size_t process_names(const fk_problem_reader *r, size_t x, fk_expr_name *name)
{
    const fk_process *process = r->problem->process;
    size_t n = 0;
    name[n++] = (fk_expr_name){"t", NULL};
    if (process->dim == 0)
        name[n++] = (fk_expr_name){"X", r->variable[x]};
    for (size_t i = 0; i < process->dim; i++)
        name[n++] = (fk_expr_name){process->variable[i], r->variable[i]};
    for (size_t i = r->total + 1; i < r->n_names; i++)
        for (const fk_process_parameter *p = process->parameter; p->name != NULL; p++)
            if (strcmp(p->name, r->name[i].name) == 0)
                name[n++] = r->name[i];
    return n;
}

static fk_status process_expression(const fk_problem_reader *r, const char *text,
                                    size_t x, const fk_expr **out)
{
    fk_expr_name name[FK_PROCESS_DIM + 2 + 8];
    const size_t n = process_names(r, x, name);
    fk_expr_error error;
    const fk_status status = fk_expr_parse(r->problem->pool, text == NULL ? "0" : text,
                                           name, n, out, &error);
    if (status != FK_ESYNTAX)
        return status;
    return fk_yaml_fail(fk_yaml_get(r->root, "process"), r->message, "'%s': %s", text,
                        error.text);
}

/* The same line for every variable, each with its own noise. */
static fk_status process_per_variable(const fk_problem_reader *r, equation *q)
{
    const fk_process *process = r->problem->process;
    const size_t d = r->dim;
    FK_TRY(noise_new(q, d, d));
    for (size_t i = 0; i < d; i++) {
        FK_TRY(process_expression(r, process->drift[0], i, &q->drift[i]));
        for (size_t k = 0; k < d; k++)
            q->noise[i * d + k] = fk_expr_number(r->problem->pool, 0.0);
        FK_TRY(process_expression(r, process->noise[0][0], i, &q->noise[i * d + i]));
    }
    return FK_OK;
}

static fk_status process_whole(const fk_problem_reader *r, equation *q)
{
    const fk_process *process = r->problem->process;
    const size_t d = r->dim, m = process->noises;
    FK_TRY(noise_new(q, d, m));
    for (size_t i = 0; i < d; i++) {
        FK_TRY(process_expression(r, process->drift[i], i, &q->drift[i]));
        for (size_t k = 0; k < m; k++)
            FK_TRY(
                process_expression(r, process->noise[i][k], i, &q->noise[i * m + k]));
    }
    return FK_OK;
}

/* ---- drift and noise written out ---- */

static fk_status read_drift(const fk_problem_reader *r, equation *q)
{
    const fk_yaml *node = fk_yaml_get(r->root, "drift");
    if (node == NULL)
        return fk_yaml_fail(
            r->root, r->message,
            "'drift' must be given (or a 'process'): expression, or list "
            "of one expression per variable");
    if (node->kind == FK_YAML_TEXT && r->dim == 1)
        return fk_read_law_expression(r, node, &q->drift[0]);
    if (node->kind != FK_YAML_LIST)
        return fk_read_refuse(r, node);
    FK_TRY(fk_read_length(r, node, r->dim));
    for (size_t i = 0; i < r->dim; i++)
        FK_TRY(fk_read_law_expression(r, node->entry[i], &q->drift[i]));
    return FK_OK;
}

/* One text: the noise of the only variable, or 0 for none at all. */
static fk_status read_noise_text(const fk_problem_reader *r, const fk_yaml *node,
                                 equation *q)
{
    const fk_expr *e;
    double value;
    FK_TRY(fk_read_law_expression(r, node, &e));
    if (fk_expr_is_number(e, &value) && value == 0.0)
        return noise_new(q, r->dim, 0);
    if (r->dim > 1)
        return fk_read_refuse(r, node);
    FK_TRY(noise_new(q, 1, 1));
    q->noise[0] = e;
    return FK_OK;
}

static fk_status read_noise_diagonal(const fk_problem_reader *r, const fk_yaml *node,
                                     equation *q)
{
    const size_t d = r->dim;
    FK_TRY(noise_new(q, d, d));
    for (size_t i = 0; i < d; i++) {
        for (size_t k = 0; k < d; k++)
            q->noise[i * d + k] = fk_expr_number(r->problem->pool, 0.0);
        FK_TRY(fk_read_law_expression(r, node->entry[i], &q->noise[i * d + i]));
    }
    return FK_OK;
}

static fk_status read_noise_rows(const fk_problem_reader *r, const fk_yaml *node,
                                 equation *q)
{
    const size_t m = node->entry[0]->n;
    FK_TRY(noise_new(q, r->dim, m));
    for (size_t i = 0; i < r->dim; i++) {
        const fk_yaml *row = node->entry[i];
        if (row->kind != FK_YAML_LIST || row->n == 0 || row->n > FK_PROBLEM_DIM)
            return fk_yaml_fail(row, r->message,
                                "expected a row of 1 to %d expressions, like the first",
                                FK_PROBLEM_DIM);
        if (row->n != m)
            return fk_yaml_fail(row, r->message,
                                "a row of %zu entries, but the first row has %zu; an "
                                "expression with a comma must stand in quotes",
                                row->n, m);
        for (size_t k = 0; k < m; k++)
            FK_TRY(fk_read_law_expression(r, row->entry[k], &q->noise[i * m + k]));
    }
    return FK_OK;
}

static fk_status read_noise(const fk_problem_reader *r, equation *q)
{
    const fk_yaml *node = fk_yaml_get(r->root, "noise");
    if (node == NULL)
        return fk_read_missing(r, r->root, "noise");
    if (node->kind == FK_YAML_TEXT)
        return read_noise_text(r, node, q);
    if (node->kind != FK_YAML_LIST)
        return fk_read_refuse(r, node);
    FK_TRY(fk_read_length(r, node, r->dim));
    if (node->entry[0]->kind == FK_YAML_LIST)
        return read_noise_rows(r, node, q);
    return read_noise_diagonal(r, node, q);
}

/* Drops the columns of G that are zero: noises that move nothing. */
static void drop_zero_columns(size_t d, equation *q)
{
    size_t kept = 0;
    for (size_t k = 0; k < q->noises; k++) {
        bool zero = true;
        for (size_t i = 0; i < d; i++) {
            double value;
            const fk_expr *e = q->noise[i * q->noises + k];
            zero = zero && fk_expr_is_number(e, &value) && value == 0.0;
        }
        for (size_t i = 0; i < d && !zero; i++)
            q->noise[i * q->noises + kept] = q->noise[i * q->noises + k];
        kept += zero ? 0 : 1;
    }
    for (size_t i = 0; i < d; i++)
        for (size_t k = 0; k < kept; k++)
            q->noise[i * kept + k] = q->noise[i * q->noises + k];
    q->noises = kept;
}

/* The coloured noises, each with a Wiener process of its own behind the others. */
static fk_status add_coloured(const fk_problem_reader *r, equation *q)
{
    const size_t d = r->dim, m = q->noises, n = r->n_coloured;
    const fk_expr **own = q->noise;
    const fk_status status = noise_new(q, d + n, m + n);
    for (size_t e = 0; status == FK_OK && e < (d + n) * (m + n); e++) {
        const size_t i = e / (m + n), k = e % (m + n);
        const bool stated = i < d && k < m;
        q->noise[e] = stated ? own[i * m + k]
                      : i >= d && k - m == i - d
                          ? fk_coloured_noise(r, i - d)
                          : fk_expr_number(r->problem->pool, 0.0);
    }
    for (size_t k = 0; k < n; k++)
        q->drift[d + k] = fk_coloured_drift(r, k);
    free(own);
    return status;
}

/* ---- the whole ---- */

static fk_status read_interpretation(const fk_problem_reader *r, fk_interpretation *out)
{
    const char *name[FK_KINETIC + 1];
    for (size_t i = 0; i <= FK_KINETIC; i++)
        name[i] = fk_interpretation_name((fk_interpretation)i);
    const fk_yaml *node = fk_yaml_get(r->root, "interpretation");
    size_t index = FK_ITO;
    if (node != NULL)
        FK_TRY(fk_read_choice(r, node, FK_KINETIC + 1, name, &index));
    *out = (fk_interpretation)index;
    return FK_OK;
}

static fk_status read_parts(const fk_problem_reader *r, equation *q)
{
    const fk_process *process = r->problem->process;
    q->drift = calloc(r->total, sizeof *q->drift);
    if (q->drift == NULL)
        return FK_ENOMEM;
    if (process == NULL) {
        FK_TRY(read_drift(r, q));
        FK_TRY(read_noise(r, q));
    } else {
        FK_TRY(process->dim == 0 ? process_per_variable(r, q) : process_whole(r, q));
    }
    drop_zero_columns(r->dim, q);
    return r->n_coloured > 0 ? add_coloured(r, q) : FK_OK;
}

static fk_status make_sde(fk_problem_reader *r, const equation *q,
                          fk_interpretation interpretation)
{
    const fk_sde_parts parts = {
        .pool = r->problem->pool,
        .dim = r->total,
        .noises = q->noises,
        .interpretation = interpretation,
        .variable = r->variable,
        .time = r->time,
        .n_parameters = r->n_parameters,
        .parameter = r->parameter,
        .value = r->value,
        .drift = q->drift,
        .noise = q->noise,
        .n_jumps = r->n_jumps,
        .n_stables = r->n_stables,
        .jump = r->jump,
        .stable = r->stable,
        .killing = q->killing,
    };
    FK_TRY(fk_sde_new(&parts, &r->problem->sde));
    return fk_expr_pool_exhausted(r->problem->pool) ? FK_ENOMEM : FK_OK;
}

fk_status fk_read_equation(fk_problem_reader *r)
{
    FK_TRY(find_process(r));
    FK_TRY(fk_read_names(r));
    FK_TRY(fk_read_units(r));

    fk_interpretation interpretation;
    FK_TRY(read_interpretation(r, &interpretation));
    FK_TRY(fk_read_jumps(r));
    FK_TRY(fk_read_stables(r));
    equation q = {0};
    fk_status status = read_parts(r, &q);
    const fk_yaml *killing = fk_yaml_get(r->root, "killing");
    if (status == FK_OK && killing != NULL)
        status = fk_read_expression(r, killing, &q.killing);
    if (status == FK_OK)
        status = make_sde(r, &q, interpretation);
    free(q.drift);
    free(q.noise);
    FK_TRY(status);

    const fk_yaml *source = fk_yaml_get(r->root, "source");
    if (source != NULL)
        FK_TRY(fk_read_expression(r, source, &r->problem->source));
    const fk_yaml *exact = fk_yaml_get(r->root, "exact");
    return exact == NULL ? FK_OK : fk_read_expression(r, exact, &r->problem->exact);
}
