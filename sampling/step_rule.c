#include "sampling/step_rule.h"

#include <assert.h>
#include <math.h>

#include "solvers/quadrature.h"

static fk_status make_row(fk_increments kind, size_t nodes, fk_row_rule *r)
{
    const double far = sqrt(3.0);
    switch (kind) {
    case FK_THREE_POINT:
        *r = (fk_row_rule){3, {-far, 0.0, far}, {1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0}};
        return FK_OK;
    case FK_RADEMACHER:
        *r = (fk_row_rule){2, {-1.0, 1.0}, {0.5, 0.5}};
        return FK_OK;
    default:
        r->n = nodes;
        return fk_gauss_hermite(nodes, r->node, r->weight);
    }
}

static const fk_row_rule *row_rule(const fk_step_rule *r, size_t row)
{
    return row < r->increments ? &r->increment : &r->further;
}

fk_status fk_step_rule_make(const fk_scheme *scheme, const fk_stepper *stepper,
                            const fk_sde *sde, fk_increments kind, size_t nodes,
                            fk_step_rule *out, fk_message *message)
{
    double points = 1.0;
    assert(nodes >= 1 && nodes <= FK_RULE_NODES);
    out->increments = sde->noises;
    out->rows = scheme->draws != NULL ? scheme->draws(stepper) : sde->noises;
    FK_TRY(make_row(kind, nodes, &out->increment));
    FK_TRY(make_row(kind == FK_GAUSSIAN ? FK_GAUSSIAN : FK_RADEMACHER, nodes,
                    &out->further));
    for (size_t r = 0; r < out->rows; r++)
        points *= (double)row_rule(out, r)->n;
    out->points = (size_t)points;
    return points <= 1e7
               ? FK_OK
               : fk_fail(message, FK_ELIMIT,
                         "a step of %s takes %zu rows of normals: too many for a "
                         "product of rules",
                         scheme->name, out->rows);
}

double fk_step_rule_point(const fk_step_rule *r, size_t p, double *z)
{
    double weight = 1.0;
    for (size_t row = 0; row < r->rows; row++) {
        const fk_row_rule *q = row_rule(r, row);
        z[row] = q->node[p % q->n];
        weight *= q->weight[p % q->n];
        p /= q->n;
    }
    return weight;
}
