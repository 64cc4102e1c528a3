/* Private to sampling/.
 * A block of samples that follows a recipe, and the field it moves in: score, drift and
 * noise, tabulated at the recipe's times. */
#ifndef FK_SAMPLING_WALKER_H
#define FK_SAMPLING_WALKER_H

#include "core/program.h"
#include "core/random.h"
#include "sampling/recipe.h"
#include "sde/score.h"
#include "sde/sde.h"

typedef struct fk_field {
    const fk_score *score; /* its table is the recipe's */
    size_t dim;
    size_t noises;     /* normal numbers that one noise of a recipe takes */
    fk_program *drift; /* NULL: no evaluation has it in it */
    double *g;         /* [n_times][dim][noises]  G; NULL: noises are N(0, I) */
    double *a;         /* [n_times][dim][dim]     1/2 G G^T; NULL likewise */
} fk_field;

/* FK_EDOMAIN with a sentence: the SDE has jumps, or G depends on the variables. */
FK_NODISCARD fk_status fk_field_new(const fk_sde *sde, const fk_score *score,
                                    const fk_recipe *recipe, fk_field *out,
                                    fk_message *message);
void fk_field_clear(fk_field *f);

typedef struct fk_walker {
    double *source[FK_SOURCES];    /* arrays [dim][FK_BLOCK]; the state comes first */
    double *raw[FK_RECIPE_NOISES]; /* [noises][FK_BLOCK] N(0, 1), set before a step */
    double *y, *s, *v;             /* where, score, drift */
    double **y_rows, **s_rows, **v_rows;
    double *chance,
        *taken;    /* of steps that are accepted or refused: uniform, set before a
                               step; how many were taken */
    double *log_p; /* [2][FK_BLOCK] */
    double *rest;
} fk_walker;

size_t fk_walker_scratch(const fk_field *f);
fk_walker fk_walker_place(const fk_field *f, double *scratch);

static inline double *fk_walker_state(const fk_walker *w)
{
    return w->source[FK_THE_STATE];
}

/* Normal numbers for the recipe's noises, the same number of them at every step. */
void fk_walker_draw(const fk_field *f, const fk_recipe *r, fk_streams *streams,
                    fk_walker *w);

/* Evaluation number `which` of a step, its place left in w->y; log p there unless NULL. */
void fk_walker_evaluate(const fk_field *f, const fk_evaluation *e, fk_walker *w,
                        unsigned which, double *log_p);

void fk_walker_step(const fk_field *f, const fk_recipe *r, const fk_step *step,
                    fk_walker *w);

#endif
