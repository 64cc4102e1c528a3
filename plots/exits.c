#include "plots/exits.h"

#include <math.h>

fk_exit_summary fk_exits_summarise(const fk_exits *e, const double *F, double count)
{
    const double P = F[e->n_times - 1], start = e->time[0];
    fk_exit_summary s = {P, (double)NAN, (double)NAN, (double)NAN, (double)NAN};
    if (count > 0.0)
        s.probability_error = sqrt(fmax(P * (1.0 - P), 0.0) / count);
    if (P <= 0.0)
        return s;
    double first = 0.0, second = 0.0; /* of T - start: int (P - F), 2 int t (P - F) */
    for (size_t i = 1; i < e->n_times; i++) {
        const double a = e->time[i - 1] - start, b = e->time[i] - start;
        const double p = P - F[i - 1], q = P - F[i];
        first += 0.5 * (b - a) * (p + q);
        second += (b - a) * (a * p + b * q);
    }
    s.mean_time = first / P;
    s.spread = sqrt(fmax(second / P - s.mean_time * s.mean_time, 0.0));
    if (count > 0.0)
        s.mean_time_error = s.spread / sqrt(count * P);
    return s;
}

/* (p + z^2 / 2N -+ z sqrt(p (1 - p) / N + z^2 / 4N^2)) / (1 + z^2 / N),
 * z = 1.96; the band is empty for an infinite count. */
fk_exit_rate fk_exits_rate(const fk_exits *e, const double *F, double count, size_t i,
                           size_t n)
{
    const double length = e->time[i + n] - e->time[i];
    const double p = fmax(F[i + n] - F[i], 0.0), z = 1.959963984540054;
    const double shrink = z * z / count, centre = p + 0.5 * shrink;
    const double half =
        z * sqrt(fmax(p * (1.0 - p), 0.0) / count + 0.25 * shrink / count);
    return (fk_exit_rate){
        .t = 0.5 * (e->time[i] + e->time[i + n]),
        .value = p / length,
        .low = fmax(centre - half, 0.0) / (1.0 + shrink) / length,
        .high = (centre + half) / (1.0 + shrink) / length,
    };
}

bool fk_exits_compare(const fk_exits *e, double count, fk_exit_difference *out)
{
    *out = (fk_exit_difference){0};
    for (size_t k = 0; k < e->n_faces; k++) {
        const fk_face_exits *f = &e->face[k];
        if (f->particles == NULL || f->pde == NULL)
            return false;
        for (size_t i = 0; i < e->n_times; i++) {
            const double d = fabs(f->particles[i] - f->pde[i]);
            if (d > out->distance)
                *out = (fk_exit_difference){d, e->time[i], 0.0, k};
        }
    }
    /* tail of Kolmogorov's law, 2 exp(-2 x^2), shared among the faces */
    out->chance = sqrt(0.5 * log(200.0 * (double)e->n_faces) / count);
    return e->n_faces > 0;
}
