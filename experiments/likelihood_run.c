#include "experiments/likelihood_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/problem_load.h"

enum { FIRST_STEPS = 16, MOST_STEPS = 8192, MOST_GRID_STEPS = 1024 };

/* Densities on a grid are kept at four times a step. */
static const double MOST_NUMBERS = 0x1p25;

/* ---- times ---- */

static double standard_first(const fk_likelihood_run *r)
{
    const fk_problem *p = r->problem;
    if (r->o->score == FK_SCORE_NETWORK)
        return r->maker.learned->first;
    return p->start + p->train.first * (p->end - p->start);
}

static fk_status choose_first(fk_likelihood_run *r, fk_message *message)
{
    const fk_problem *p = r->problem;
    const fk_learned *learned = r->maker.learned;
    r->first = isnan(r->o->first) ? standard_first(r) : r->o->first;
    if (!(r->first >= p->start && r->first < p->end))
        return fk_fail(message, FK_ESYNTAX,
                       "--first=%g: must be a time from %g to before %g", r->first,
                       p->start, p->end);
    if (learned != NULL && r->first < learned->first * (1.0 - 1e-12))
        return fk_fail(message, FK_ESYNTAX,
                       "--first=%g: the network has learned scores from t = %g on",
                       r->first, learned->first);
    return FK_OK;
}

/* ---- the flow ---- */

static size_t most_steps(const fk_likelihood_run *r)
{
    size_t most = MOST_GRID_STEPS;
    if (r->o->score != FK_SCORE_GRID)
        return MOST_STEPS;
    const double cells = (double)fk_grid_cells(&r->problem->domain.grid);
    while (most > 2 * FIRST_STEPS && 4.0 * (double)most * cells > MOST_NUMBERS)
        most /= 2;
    return most;
}

static fk_likelihood_options plan(fk_likelihood_run *r)
{
    const fk_likelihood_request *o = r->o;
    const bool grid = o->score == FK_SCORE_GRID;
    fk_likelihood_options l = {.sde = r->problem->sde,
                               .score = {fk_score_maker_at, &r->maker},
                               .schedule = r->maker.schedule,
                               .start = r->problem->start,
                               .first = r->first,
                               .last = r->problem->end,
                               .prior = r->prior,
                               .steps = FIRST_STEPS,
                               .most = most_steps(r),
                               .tolerance = grid ? 1e-4 : 1e-9,
                               .probes = o->probes,
                               .normal = o->normal_probes,
                               .seed = r->problem->particles.seed};
    if (o->tolerance > 0.0)
        l.tolerance = o->tolerance;
    if (o->steps > 0) {
        l.steps = o->steps / 2;
        l.most = o->steps;
        l.tolerance = 0.0;
    }
    return l;
}

static fk_status find(fk_likelihood_run *r, fk_message *message)
{
    const fk_likelihood_options o = plan(r);
    const fk_progress progress = fk_terminal_progress(&r->terminal);
    const double began = fk_seconds();
    fk_terminal_begin(&r->terminal, "probability flow", NULL, 1.0);
    FK_TRY(fk_likelihood_find(&o, r->count, r->x, &progress, &r->found, message));
    fk_terminal_end(&r->terminal);
    r->seconds = fk_seconds() - began;
    return fk_likelihood_compare(r);
}

/* ---- the folder ---- */

static void write_csv(const void *run, FILE *out)
{
    fk_likelihood_csv(run, out);
}

static void write_json(const void *run, FILE *out)
{
    fk_likelihood_json(run, out);
}

static void write_problem(const void *run, FILE *out)
{
    fputs(((const fk_likelihood_run *)run)->problem->text, out);
}

static fk_status fill_folder(fk_likelihood_run *r, fk_message *message)
{
    FK_TRY(find(r, message));
    FK_TRY(fk_result_folder_write(&r->folder, "points.csv", write_csv, r, message));
    FK_TRY(fk_result_folder_write(&r->folder, "summary.json", write_json, r, message));
    FK_TRY(
        fk_result_folder_write(&r->folder, "problem.yaml", write_problem, r, message));
    return r->o->common.no_plots ? FK_OK : fk_likelihood_draw(r, message);
}

static fk_status open_folder(fk_likelihood_run *r, fk_message *message)
{
    char standard[1024];
    snprintf(standard, sizeof standard, "out/%s_likelihood", r->problem->name);
    return fk_result_folder_open(r->o->common.folder != NULL ? r->o->common.folder
                                                             : standard,
                                 r->o->common.force, &r->folder, message);
}

/* ---- all of it ---- */

static fk_status prepare(fk_likelihood_run *r, fk_message *message)
{
    FK_TRY(fk_problem_load(r->o->common.file, r->o->common.n_settings,
                           r->o->common.setting, &r->problem, &r->methods, message));
    r->maker = (fk_score_maker){
        .problem = r->problem, .methods = &r->methods, .terminal = &r->terminal};
    FK_TRY(fk_score_maker_begin(&r->maker, r->o, message));
    FK_TRY(choose_first(r, message));
    FK_TRY(fk_likelihood_prior(r, message));
    return fk_likelihood_points(r, message);
}

fk_status fk_likelihood_run_all(fk_likelihood_run *r, fk_message *message)
{
    r->terminal = fk_terminal_make(r->o->common.quiet);
    FK_TRY(prepare(r, message));
    FK_TRY(open_folder(r, message));
    fk_status status = fill_folder(r, message);
    if (status == FK_OK)
        status = fk_result_folder_commit(&r->folder, message);
    if (status != FK_OK)
        fk_result_folder_discard(&r->folder);
    return status;
}

void fk_likelihood_run_clear(fk_likelihood_run *r)
{
    fk_likelihood_clear(&r->found);
    free(r->at_first);
    free(r->at_start);
    free(r->exact_last);
    free(r->normal_last);
    fk_score_free(r->prior);
    free(r->x);
    fk_score_maker_clear(&r->maker);
    fk_problem_free(r->problem);
}
