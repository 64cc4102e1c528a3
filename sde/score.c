#include "sde/score.h"

void fk_score_free(fk_score *score)
{
    if (score != NULL)
        score->free(score);
}
