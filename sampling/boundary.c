#include "sampling/boundary.h"

#include <float.h>
#include <math.h>

/* Two walls: the triangle wave of period 2 (hi - lo) through the identity. */
FK_CLONES static void fold(double *restrict x, double lo, double hi, double top)
{
    const double width = hi - lo, turn = 0.5 / width;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        double y = x[j] - lo;
        y = __builtin_fabs(y - 2.0 * width * __builtin_floor(y * turn));
        y = y > width ? 2.0 * width - y : y;
        y = lo + y;
        y = y < lo ? lo : y;
        y = y > top ? top : y;
        const int inside = (x[j] >= lo) & (x[j] < hi);
        x[j] = inside ? x[j] : y;
    }
}

FK_CLONES static void wrap(double *restrict x, double lo, double hi, double top)
{
    const double width = hi - lo, turn = 1.0 / width;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        double y = x[j] - width * __builtin_floor((x[j] - lo) * turn);
        y = y < lo ? lo : y;
        y = y > top ? top : y;
        const int inside = (x[j] >= lo) & (x[j] < hi);
        x[j] = inside ? x[j] : y;
    }
}

/* One wall, free on its other side. */
FK_CLONES static void mirror_low(double *restrict x, double lo)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        x[j] = x[j] < lo ? lo + (lo - x[j]) : x[j];
}

FK_CLONES static void mirror_high(double *restrict x, double hi, double top)
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        double y = hi - (x[j] - hi);
        y = y > top ? top : y;
        x[j] = x[j] >= hi ? y : x[j];
    }
}

void fk_boundary_fold(const fk_domain *d, double *const *x)
{
    for (size_t i = 0; i < d->grid.dim; i++) {
        const double lo = d->grid.axis[i].lo, hi = d->grid.axis[i].hi;
        const double top = nextafter(hi, lo);
        const bool low = fk_boundary_reflects(d->face[i][0]);
        const bool high = fk_boundary_reflects(d->face[i][1]);
        if (d->face[i][0] == FK_PERIODIC)
            wrap(x[i], lo, hi, top);
        else if (low && high)
            fold(x[i], lo, hi, top);
        else if (low)
            mirror_low(x[i], lo);
        else if (high)
            mirror_high(x[i], hi, top);
    }
}

static bool any_ended(const uint8_t *status)
{
    unsigned any = 0;
    for (size_t j = 0; j < FK_BLOCK; j++)
        any |= status[j];
    return any != 0;
}

FK_CLONES static void hold(const uint8_t *restrict status, const double *restrict old,
                           double *restrict x)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        x[j] = status[j] == FK_ALIVE ? x[j] : old[j];
}

/* How many lie on or beyond a face, those ended earlier included. */
FK_CLONES static size_t count_touching(const double *restrict x, double lo, double hi)
{
    uint64_t n = 0;
    for (size_t j = 0; j < FK_BLOCK; j++)
        n += (uint64_t)((x[j] <= lo) | (x[j] >= hi));
    return (size_t)n;
}

/* Absorbing faces of an axis; an infinite one is never touched by a finite path. */
static void absorbing_faces(const fk_domain *d, size_t i, double face[2])
{
    face[0] = d->face[i][0] == FK_ABSORBING ? d->grid.axis[i].lo : -HUGE_VAL;
    face[1] = d->face[i][1] == FK_ABSORBING ? d->grid.axis[i].hi : HUGE_VAL;
}

/* Particle j of a block: the face it met first, if any, has the largest part of the
 * step behind it. */
static void end(const fk_domain *d, const double *const *old, double *const *x,
                uint8_t *status, size_t j)
{
    double largest = -1.0;
    for (size_t i = 0; i < d->grid.dim; i++) {
        double face[2];
        absorbing_faces(d, i, face);
        const double step = fmax(fabs(x[i][j] - old[i][j]), DBL_MIN);
        const double beyond[2] = {face[0] - x[i][j], x[i][j] - face[1]};
        for (size_t side = 0; side < 2; side++) {
            if (!(beyond[side] >= 0.0 && isfinite(beyond[side])))
                continue;
            if (beyond[side] / step > largest) {
                largest = beyond[side] / step;
                status[j] = fk_status_of_face(i, side);
            }
            x[i][j] = face[side];
        }
    }
}

void fk_boundary_absorb(const fk_domain *d, const double *const *old, double *const *x,
                        uint8_t *status)
{
    const bool ended = any_ended(status);
    bool touched = false;
    for (size_t i = 0; i < d->grid.dim; i++) {
        double face[2];
        absorbing_faces(d, i, face);
        if (ended)
            hold(status, old[i], x[i]);
        touched |= count_touching(x[i], face[0], face[1]) > 0;
    }
    for (size_t j = 0; touched && j < FK_BLOCK; j++)
        if (status[j] == FK_ALIVE)
            end(d, old, x, status, j);
}
