#include "plots/tics.h"

#include <math.h>
#include <stdbool.h>

enum { TICS = 32, FARTHEST = 30 }; /* powers of ten */

/* Between two tics, and before the ends; of the axis's length. */
static const double ROOM = 0.1, MARGIN = 0.04;

typedef struct tics {
    const fk_axis *axis;
    fk_axis even;
    size_t n;
    double x[TICS], at[TICS];
} tics;

double fk_tics_place(const fk_axis *a, double x)
{
    if (!(x >= a->lo && x <= a->hi))
        return (double)NAN;
    return a->stretch == NULL ? x : fk_stretch_u(a->stretch, x);
}

/* If it lies on the axis and there is room. */
static void add(tics *t, double x)
{
    const double at = fk_tics_place(t->axis, x), length = t->even.hi - t->even.lo;
    const double room = ROOM * length, margin = isinf(x) ? 0.0 : MARGIN * length;
    bool free = t->n < TICS && at >= t->even.lo + margin && at <= t->even.hi - margin;
    for (size_t i = 0; i < t->n; i++)
        free = free && fabs(t->at[i] - at) > room;
    if (!free)
        return;
    t->x[t->n] = x;
    t->at[t->n++] = at;
}

/* Zero and the ends at infinity, then powers of ten by their distance from one, then
 * five and two times these. */
static void choose(tics *t)
{
    static const double digit[] = {1.0, 5.0, 2.0};
    if (isinf(t->axis->lo))
        add(t, t->axis->lo);
    if (isinf(t->axis->hi))
        add(t, t->axis->hi);
    add(t, 0.0);
    for (size_t d = 0; d < 3; d++)
        for (int k = 0; k <= FARTHEST; k++)
            for (int sign = -1; sign <= 1; sign += 2) {
                add(t, digit[d] * pow(10.0, sign * k));
                add(t, -digit[d] * pow(10.0, sign * k));
            }
    for (double s = 0.1; t->n < 3 && s < 1.0; s += 0.2) /* a short piece of the line */
        add(t, fk_axis_at(t->axis, s * (double)t->axis->cells));
}

static void write_list(FILE *out, const char *name, const tics *t, bool numbers)
{
    fprintf(out, "%s = \"tics (", name);
    for (size_t i = 0; i < t->n; i++) {
        fputs(i > 0 ? ", '" : "'", out);
        if (numbers && isinf(t->x[i]))
            fputs(t->x[i] < 0.0 ? "−∞" : "∞", out);
        else if (numbers)
            fprintf(out, "%.3g", t->x[i]);
        fprintf(out, "' %.6g", t->at[i]);
    }
    fputs(")\"\n", out);
}

void fk_tics_write(FILE *out, const char *letter, const fk_axis *a)
{
    char name[2][32];
    snprintf(name[0], sizeof name[0], "%s_tics", letter);
    snprintf(name[1], sizeof name[1], "%s_bare", letter);
    tics t = {.axis = a, .even = fk_axis_even(a)};
    if (a->stretch != NULL)
        choose(&t);
    for (size_t k = 0; k < 2; k++)
        if (a->stretch == NULL)
            fprintf(out, "%s = 'tics autofreq'\n", name[k]);
        else
            write_list(out, name[k], &t, k == 0);
}
