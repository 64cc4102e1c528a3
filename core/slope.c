#include "core/slope.h"

#include <math.h>

static const double LEAST_RELATIVE = 0.01, SIGMAS = 3.0;

fk_slope fk_slope_fit(size_t n, const double *step, const double *value,
                      const double *error)
{
    double w = 0.0, wx = 0.0, wy = 0.0, wxx = 0.0, wxy = 0.0, wyy = 0.0;
    fk_slope s = {NAN, NAN, 0};
    for (size_t i = 0; i < n; i++) {
        const double size = fabs(value[i]);
        if (!(size > SIGMAS * error[i]) || !(size > 0.0))
            continue;
        const double relative = fmax(error[i] / size, LEAST_RELATIVE);
        const double weight = 1.0 / (relative * relative);
        const double x = log(step[i]), y = log(size);
        w += weight;
        wx += weight * x;
        wy += weight * y;
        wxx += weight * x * x;
        wxy += weight * x * y;
        wyy += weight * y * y;
        s.used++;
    }
    const double spread = wxx - wx * wx / w;
    if (s.used < 2 || !(spread > 0.0))
        return s;
    s.order = (wxy - wx * wy / w) / spread;
    const double left = wyy - wy * wy / w - s.order * s.order * spread;
    const double freedom = s.used > 2 ? (double)s.used - 2.0 : 1.0;
    s.error = sqrt(fmax(left / freedom, 1.0) / spread);
    return s;
}
