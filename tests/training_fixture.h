/* A small training on the standard mixture. */
#ifndef FK_TESTS_TRAINING_FIXTURE_H
#define FK_TESTS_TRAINING_FIXTURE_H

#include "sampling/training.h"
#include "tests/gm_a.h"

typedef struct lesson {
    fk_sde *sde;
    fk_law *law;
    double mean, cov;
    fk_training_options o;
    fk_training *training;
} lesson;

static inline void lesson_prepare(lesson *l, const char *objective)
{
    fk_mixture *m = gm_a();
    *l = (lesson){.sde = vp_linear()};
    fk_mixture_moments(m, &l->mean, &l->cov);
    ck_assert_int_eq(fk_law_mixture_new(m, &l->law), FK_OK);
    fk_mixture_free(m);
    l->o = (fk_training_options){.sde = l->sde,
                                 .last = 1.0,
                                 .first = 1e-3,
                                 .law = l->law,
                                 .held_out = l->law,
                                 .mean = &l->mean,
                                 .cov = &l->cov,
                                 .objective = fk_objective_find(objective),
                                 .optimizer = fk_optimizer_find("adamw"),
                                 .settings = fk_optimizer_find("adamw")->standard,
                                 .hidden = 2,
                                 .width = 32,
                                 .batch = 512,
                                 .steps = 300,
                                 .warmup = 20,
                                 .judgments = 3,
                                 .average = 0.99,
                                 .seed = 5};
}

static inline void lesson_begin(lesson *l)
{
    fk_message message = {""};
    ck_assert_msg(fk_training_new(&l->o, &l->training, &message) == FK_OK, "%s",
                  message.text);
}

static inline void lesson_run(lesson *l)
{
    fk_message message = {""};
    while (!fk_training_done(l->training))
        ck_assert_msg(fk_training_lap(l->training, NULL, &message) == FK_OK, "%s",
                      message.text);
}

static inline void lesson_end(lesson *l)
{
    fk_training_free(l->training);
    fk_law_free(l->law);
    sde_text_free(l->sde);
}

#endif
