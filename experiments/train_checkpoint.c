/* A training on its way, as a safetensors file beside the result's folder. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/train.h"
#include "experiments/version.h"
#include "plots/whole_file.h"

enum { ARRAYS = FK_TRAINING_ARRAYS + FK_TRAIN_STAGES + 1 };

typedef struct list {
    size_t n;
    fk_tensor array[ARRAYS];
    char name[FK_TRAIN_STAGES][16];
    double step[FK_TRAIN_STAGES]; /* of the stages */
} list;

static void list_all(fk_train *t, list *l)
{
    l->n = fk_training_state(t->training, l->array);
    for (size_t i = 0; i < FK_TRAIN_STAGES; i++) {
        const fk_learned *s = t->stage_network[i];
        snprintf(l->name[i], sizeof l->name[i], "stage.%zu", i);
        l->step[i] = t->stage[i].step;
        l->array[l->n++] = (fk_tensor){.name = l->name[i],
                                       .rank = 1,
                                       .shape = {fk_network_parameters(&s->net)},
                                       .value = s->theta};
    }
    l->array[l->n++] = (fk_tensor){
        .name = "stages", .rank = 1, .shape = {FK_TRAIN_STAGES}, .value = l->step};
}

static void label(char text[160])
{
    snprintf(text, 160, "%s %s", fk_version(), fk_revision());
}

fk_status fk_train_put_away(fk_train *t, fk_message *message)
{
    list l;
    char program[160];
    list_all(t, &l);
    label(program);
    const fk_tensor_text text[] = {{"program", program}, {"problem", t->problem->text}};
    char *part = fk_part_name(t->checkpoint);
    FILE *out = part != NULL ? fopen(part, "wb") : NULL;
    fk_status status =
        out != NULL ? fk_safetensors_write(out, l.n, l.array, 2, text) : FK_EIO;
    if (out != NULL && fclose(out) != 0)
        status = FK_EIO;
    if (status != FK_OK)
        fk_fail(message, status, "%s: %s", t->checkpoint, strerror(errno));
    if (part != NULL)
        status = fk_part_finish(part, t->checkpoint, status, message);
    free(part);
    return status;
}

static bool says(const fk_safetensors *file, const char *name, const char *expected)
{
    const char *text = fk_safetensors_text(file, name);
    return text != NULL && strcmp(text, expected) == 0;
}

fk_status fk_train_take_up(fk_train *t, fk_message *message)
{
    list l;
    char program[160];
    fk_safetensors *file = NULL;
    label(program);
    FK_TRY(fk_safetensors_read(t->checkpoint, &file, message));
    list_all(t, &l);
    fk_status status = FK_OK;
    if (!says(file, "problem", t->problem->text) || !says(file, "program", program))
        status = fk_fail(message, FK_EDOMAIN,
                         "%s is of another %s; --force begins again without it",
                         t->checkpoint,
                         says(file, "program", program) ? "problem or other settings"
                                                        : "version of fokker");
    for (size_t i = 0; i < l.n && status == FK_OK; i++)
        status = fk_safetensors_take(file, l.array[i].name, l.array[i].shape[0],
                                     l.array[i].value, message);
    for (size_t i = 0; i < FK_TRAIN_STAGES && status == FK_OK; i++)
        t->stage[i].step = l.step[i];
    fk_safetensors_free(file);
    return status;
}
