#include "core/richardson.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

static const double rounding = 1e-10;

/* Order unknown or far from 2: what is left of differences that fall by 2^order, and at
 * least by half the square root of two. */
static fk_richardson plain(double fine, double last, double order)
{
    const double q = order > 0.5 ? order : 0.5;
    return (fk_richardson){fine, fabs(last) / (exp2(fmin(q, 2.0)) - 1.0), order};
}

/* The same once more, of estimates a* on grids whose own order is 4. */
static fk_richardson twice(const double *a, fk_richardson once)
{
    double star[3];
    for (size_t k = 0; k < 3; k++)
        star[k] = a[k] + (a[k] - a[k + 1]) / 3.0;
    const double last = star[0] - star[1], before = star[1] - star[2];
    if (fabs(last) <= rounding * fabs(star[0]) ||
        !(fabs(log2(before / last) - 4.0) < 0.5))
        return once;
    const double value = star[0] + last / 15.0;
    return (fk_richardson){value, fabs(value - (star[1] + before / 15.0)), once.order};
}

fk_richardson fk_richardson_limit(size_t n, const double *a)
{
    assert(n >= 1 && n <= 4);
    fk_richardson r = {a[0], (double)NAN, (double)NAN};
    if (n == 1 || !isfinite(a[0]) || !isfinite(a[1]))
        return r;
    const double last = a[0] - a[1];
    if (n == 2)
        return (fk_richardson){a[0] + last / 3.0, fabs(last) / 3.0, (double)NAN};
    const double before = a[1] - a[2];
    if (!isfinite(before))
        return r;
    if (fabs(last) <= rounding * fabs(a[0]) || !(fabs(before) > 0.0)) {
        r.error = fmax(fabs(last), fabs(before) / 4.0);
        return r;
    }
    const double ratio = before / last;
    r.order = ratio > 0.0 ? log2(ratio) : (double)NAN;
    if (!(fabs(r.order - 2.0) < 0.5))
        return plain(a[0], last, r.order);
    r.value = a[0] + last / 3.0;
    r.error = fabs(r.value - (a[1] + before / 3.0));
    return n == 4 ? twice(a, r) : r;
}
