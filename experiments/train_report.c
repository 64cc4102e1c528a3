/* What `fokker train` found, for people, for programs, and as a picture. */
#include <math.h>
#include <stdlib.h>

#include "core/json.h"
#include "core/memory.h"
#include "experiments/train.h"

/* ---- on the way ---- */

void fk_train_tell_mark(const fk_train *t, const fk_training_mark *m)
{
    const fk_judgment *j = &m->judgment;
    if (t->o->common.quiet)
        return;
    fprintf(stderr, "%sstep %8.0f   loss %9.6f",
            t->terminal.interactive ? "\r\033[K" : "", m->step, j->loss.mean);
    if (t->exact)
        fprintf(
            stderr,
            "   above its floor %9.2g +- %-7.1g   score's error %9.3g   KL <= %8.3g",
            j->excess.mean, j->excess.error, j->fisher.mean, j->bound.mean);
    fputc('\n', stderr);
}

/* ---- text ---- */

static void print_stages(const fk_train *t)
{
    printf("\nerrors of the score in, errors of the density out (%zu samples, "
           "marginals)\n",
           t->problem->train.samples);
    printf("%8s%11s%9s%10s%10s%15s%9s%16s%9s\n", "step", "KL at most", "+-", "KL, SDE",
           "KL, flow", "W2, SDE: most", "found", "W2, flow: most", "found");
    for (const fk_train_stage *s = t->stage; s < t->stage + FK_TRAIN_STAGES; s++)
        printf("%8.0f%11.3g%9.1g%10.3g%10.3g%15.3g%9.3g%16.3g%9.3g\n", s->step,
               s->judgment.bound.mean, s->judgment.bound.error, s->sde.divergence,
               s->ode.divergence, s->sde_bound, s->sde.wasserstein, s->ode_bound,
               s->ode.wasserstein);
    printf("%8s%11s%9s%10.3g%10s%15s%9.3g\n", "exact", "0", "", t->noise.divergence, "",
           "0", t->noise.wasserstein);
}

void fk_train_print(const fk_train *t)
{
    size_t n;
    const fk_training_mark *mark = fk_training_marks(t->training, &n);
    const fk_judgment *w = &t->whole;
    printf("%s: %s, %s, %zu x %zu, %zu parameters, %.0f steps of %zu points\n",
           t->problem->name, t->settings.objective->name, t->settings.optimizer->name,
           t->settings.hidden, t->settings.width,
           fk_network_parameters(&fk_training_best(t->training)->net), mark[n - 1].step,
           t->settings.batch);
    printf("held-out loss %.6f +- %.2g; of the Gaussian %.6f\n", w->loss.mean,
           w->loss.error, mark[0].judgment.loss.mean);
    if (t->exact) {
        printf("above its exact floor by %.4g +- %.2g; the score's error measured "
               "directly: %.4g +- %.2g\n",
               w->excess.mean, w->excess.error, w->fisher.mean, w->fisher.error);
        if (t->problem->train.samples > 0)
            print_stages(t);
    } else {
        printf("the floor of the loss is not known: the data are points\n");
    }
    printf("\nweights: %s/score.safetensors\n", t->folder.path);
}

/* ---- JSON ---- */

static void write_judged(fk_json *j, const char *key, fk_judged x)
{
    fk_json_object(j, key);
    fk_json_number(j, "mean", x.mean);
    fk_json_number(j, "error", x.error);
    fk_json_end(j);
}

static void write_judgment(fk_json *j, double step, const fk_judgment *x)
{
    fk_json_number(j, "step", step);
    write_judged(j, "loss", x->loss);
    write_judged(j, "floor", x->floor);
    write_judged(j, "excess", x->excess);
    write_judged(j, "fisher", x->fisher);
    write_judged(j, "kl_bound", x->bound);
}

static void write_gap(fk_json *j, const char *key, fk_marginal_gap g)
{
    fk_json_object(j, key);
    fk_json_number(j, "kullback_leibler", g.divergence);
    fk_json_number(j, "wasserstein_2", g.wasserstein);
    fk_json_end(j);
}

static void write_stages(fk_json *j, const fk_train *t)
{
    fk_json_array(j, "stages");
    for (const fk_train_stage *s = t->stage; s < t->stage + FK_TRAIN_STAGES; s++) {
        fk_json_object(j, NULL);
        write_judgment(j, s->step, &s->judgment);
        write_gap(j, "sde", s->sde);
        fk_json_number(j, "sde_wasserstein_2_bound", s->sde_bound);
        write_gap(j, "ode", s->ode);
        fk_json_number(j, "ode_wasserstein_2_bound", s->ode_bound);
        fk_json_end(j);
    }
    fk_json_end(j);
    write_gap(j, "exact", t->noise);
}

static void write_times(fk_json *j, const fk_train *t)
{
    fk_json_array(j, "times");
    for (size_t k = 0; k < FK_TRAINING_TIMES; k++) {
        fk_json_object(j, NULL);
        fk_json_number(j, "t", t->time[k]);
        write_judged(j, "score_error", t->error[k].score);
        write_judged(j, "score", t->error[k].strength);
        write_judged(j, "loss", t->error[k].of.loss);
        fk_json_end(j);
    }
    fk_json_end(j);
}

void fk_train_json(const fk_train *t, FILE *out)
{
    size_t n;
    const fk_training_mark *mark = fk_training_marks(t->training, &n);
    fk_json j = fk_json_begin(out);
    fk_json_object(&j, NULL);
    fk_json_text(&j, "name", t->problem->name);
    fk_json_text(&j, "objective", t->settings.objective->name);
    fk_json_text(&j, "optimizer", t->settings.optimizer->name);
    fk_json_number(&j, "rate", t->settings.settings.rate);
    fk_json_integer(&j, "seed", t->settings.seed);
    fk_json_integer(&j, "parameters",
                    fk_network_parameters(&fk_training_best(t->training)->net));
    fk_json_number(&j, "seconds", t->seconds);
    fk_json_number(&j, "processor_seconds", t->processor_seconds);
    fk_json_object(&j, "best");
    write_judgment(&j, (double)fk_training_steps(t->training), &t->whole);
    fk_json_end(&j);
    fk_json_array(&j, "judgments");
    for (size_t i = 0; i < n; i++) {
        fk_json_object(&j, NULL);
        write_judgment(&j, mark[i].step, &mark[i].judgment);
        fk_json_end(&j);
    }
    fk_json_end(&j);
    write_times(&j, t);
    if (t->exact && t->problem->train.samples > 0)
        write_stages(&j, t);
    fk_json_text(&j, "problem", t->problem->text);
    fk_json_end(&j);
    fputc('\n', out);
}

/* ---- the picture ---- */

fk_status fk_train_draw(const fk_train *t, fk_message *message)
{
    size_t n;
    const fk_training_mark *mark = fk_training_marks(t->training, &n);
    fk_training_point *curve = fk_alloc(n, sizeof *curve);
    fk_training_time time[FK_TRAINING_TIMES];
    fk_training_stage stage[FK_TRAIN_STAGES];
    if (curve == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        const fk_judgment *j = &mark[i].judgment;
        const fk_judged shown = t->exact ? j->excess : j->loss;
        curve[i] = (fk_training_point){mark[i].step, shown.mean, shown.error,
                                       j->fisher.mean, j->fisher.error};
    }
    for (size_t k = 0; k < FK_TRAINING_TIMES; k++)
        time[k] = (fk_training_time){t->time[k], t->error[k].score.mean,
                                     t->error[k].score.error, t->error[k].strength.mean,
                                     t->error[k].of.loss.mean};
    for (size_t i = 0; i < FK_TRAIN_STAGES; i++) {
        const fk_train_stage *s = &t->stage[i];
        stage[i] = (fk_training_stage){s->judgment.bound.mean, s->judgment.bound.error,
                                       s->sde.divergence, s->ode.divergence};
    }
    const fk_training_picture p = {
        .title = t->problem->name,
        .exact = t->exact,
        .n = n,
        .curve = curve,
        .n_times = FK_TRAINING_TIMES,
        .time = time,
        .n_stages = t->exact && t->problem->train.samples > 0 ? FK_TRAIN_STAGES : 0,
        .stage = stage,
        .noise = t->noise.divergence};
    const fk_status status = fk_write_training_figure(t->folder.working, &p, message);
    free(curve);
    if (status != FK_EIO)
        return status;
    fprintf(stderr, "fokker train: the figure is missing: %s\n", message->text);
    return FK_OK;
}
