#include "experiments/train.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/memory.h"
#include "experiments/problem_load.h"

enum { ERROR_BLOCKS = 32 };

static const double BETWEEN_CHECKPOINTS = 60.0; /* seconds */

/* Shares of the steps after which a stage is kept. */
static const double stage_share[FK_TRAIN_STAGES] = {0.0, 1.0 / 16, 1.0 / 8, 1.0 / 4,
                                                    1.0};

/* The first judged networks at or after those steps. */
static void keep_stages(fk_train *t, double step)
{
    const fk_learned *now = fk_training_present(t->training);
    const size_t n = fk_network_parameters(&now->net);
    for (size_t i = 0; i < FK_TRAIN_STAGES; i++)
        if (t->stage[i].step < 0.0 &&
            step >= stage_share[i] * (double)t->settings.steps) {
            memcpy(t->stage_network[i]->theta, now->theta, n * sizeof(double));
            t->stage[i].step = step;
        }
}

static fk_status make_stages(fk_train *t)
{
    const fk_learned *now = fk_training_present(t->training);
    const size_t d = now->dim;
    for (size_t i = 0; i < FK_TRAIN_STAGES; i++) {
        FK_TRY(fk_learned_new(d, t->settings.hidden, t->settings.width,
                              &t->stage_network[i]));
        fk_learned *l = t->stage_network[i];
        l->start = now->start, l->first = now->first, l->last = now->last;
        memcpy(l->mean, now->mean, d * sizeof *l->mean);
        memcpy(l->cov, now->cov, d * d * sizeof *l->cov);
        t->stage[i].step = -1.0;
    }
    return FK_OK;
}

/* Stages that an early end has left open are the network at that end. */
static void close_stages(fk_train *t)
{
    const double step = (double)fk_training_steps(t->training);
    for (size_t i = 0; i < FK_TRAIN_STAGES; i++)
        if (t->stage[i].step < 0.0) {
            const fk_learned *best = fk_training_best(t->training);
            memcpy(t->stage_network[i]->theta, best->theta,
                   fk_network_parameters(&best->net) * sizeof(double));
            t->stage[i].step = step;
        }
}

/* ---- learning ---- */

static fk_status learn(fk_train *t, fk_message *message)
{
    const fk_progress progress = fk_terminal_progress(&t->terminal);
    const double began = fk_seconds();
    const clock_t clock_began = clock();
    double kept = began;
    fk_status status = FK_OK;
    fk_terminal_begin(&t->terminal, "learning", "points", (double)t->settings.batch);
    while (status == FK_OK && !fk_training_done(t->training)) {
        size_t n;
        status = fk_training_lap(t->training, &progress, message);
        if (status != FK_OK)
            break;
        const fk_training_mark *mark = fk_training_marks(t->training, &n);
        keep_stages(t, mark[n - 1].step);
        fk_train_tell_mark(t, &mark[n - 1]);
        if (fk_seconds() - kept > BETWEEN_CHECKPOINTS) {
            status = fk_train_put_away(t, message);
            kept = fk_seconds();
        }
    }
    t->seconds = fk_seconds() - began;
    t->processor_seconds = (double)(clock() - clock_began) / CLOCKS_PER_SEC;
    if (status == FK_OK || status == FK_EINTERRUPTED)
        FK_TRY(fk_train_put_away(t, message));
    if (status == FK_EDOMAIN) { /* what was good is kept */
        t->failed = true;
        t->failure = *message;
        status = FK_OK;
    }
    if (status == FK_OK)
        fk_terminal_end(&t->terminal);
    return status;
}

/* ---- the folder ---- */

static fk_status write_weights(const fk_train *t, fk_message *message)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/score.safetensors", t->folder.working);
    FILE *out = fopen(path, "wb");
    fk_status status = FK_EIO;
    if (out != NULL)
        status = fk_learned_write(fk_training_best(t->training), t->settings.sde,
                                  t->problem->text, out, message);
    if (out == NULL || fclose(out) != 0 || status == FK_EIO)
        return fk_fail(message, FK_EIO, "cannot write %s", path);
    return status;
}

static void write_problem(const void *train, FILE *out)
{
    fputs(((const fk_train *)train)->problem->text, out);
}

static void write_summary(const void *train, FILE *out)
{
    fk_train_json(train, out);
}

static fk_status fill_folder(fk_train *t, fk_message *message)
{
    FK_TRY(learn(t, message));
    close_stages(t);
    FK_TRY(fk_training_errors(t->training, fk_training_best(t->training), ERROR_BLOCKS,
                              t->time, t->error, &t->whole));
    if (t->exact && t->problem->train.samples > 0)
        FK_TRY(fk_train_sample(t, message));
    FK_TRY(write_weights(t, message));
    FK_TRY(
        fk_result_folder_write(&t->folder, "problem.yaml", write_problem, t, message));
    FK_TRY(
        fk_result_folder_write(&t->folder, "summary.json", write_summary, t, message));
    return t->o->common.no_plots ? FK_OK : fk_train_draw(t, message);
}

/* The checkpoint beside the folder: gone on from with --resume, in the way without. */
static fk_status open_checkpoint(fk_train *t, fk_message *message)
{
    snprintf(t->checkpoint, sizeof t->checkpoint, "%s.checkpoint", t->folder.path);
    const bool exists = access(t->checkpoint, F_OK) == 0;
    if (exists && t->o->resume)
        return fk_train_take_up(t, message);
    if (exists && !t->o->common.force)
        return fk_fail(message, FK_EEXIST,
                       "%s is of a training that did not finish: --resume goes on from "
                       "there, --force begins again",
                       t->checkpoint);
    return FK_OK;
}

static fk_status open_folder(fk_train *t, fk_message *message)
{
    char standard[1024];
    snprintf(standard, sizeof standard, "out/%s_score", t->problem->name);
    return fk_result_folder_open(t->o->common.folder != NULL ? t->o->common.folder
                                                             : standard,
                                 t->o->common.force, &t->folder, message);
}

fk_status fk_train_run(fk_train *t, fk_message *message)
{
    fk_methods methods;
    t->terminal = fk_terminal_make(t->o->common.quiet);
    FK_TRY(fk_problem_load(t->o->common.file, t->o->common.n_settings,
                           t->o->common.setting, &t->problem, &methods, message));
    FK_TRY(fk_train_plan(t, message));
    FK_TRY(make_stages(t));
    FK_TRY(open_folder(t, message));
    fk_status status = open_checkpoint(t, message);
    if (status == FK_OK)
        status = fill_folder(t, message);
    if (status == FK_OK)
        status = fk_result_folder_commit(&t->folder, message);
    if (status == FK_OK)
        unlink(t->checkpoint);
    else
        fk_result_folder_discard(&t->folder);
    return status;
}

void fk_train_clear(fk_train *t)
{
    fk_training_free(t->training);
    for (size_t i = 0; i < FK_TRAIN_STAGES; i++)
        fk_learned_free(t->stage_network[i]);
    for (size_t i = 0; i < 2; i++)
        fk_law_free(t->own[i]);
    free(t->moments);
    fk_problem_free(t->problem);
}
