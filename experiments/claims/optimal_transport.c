/* Rectified flow between Gaussians of the plane whose covariances do not commute is not
 * optimal transport:
 *
 *     S_0 = diag(1, 1/10),   S_1 = S_0 turned by 45 degrees,
 *     M' = (t S_1 - (1 - t) S_0) S_t^-1 M,   S_t = (1 - t)^2 S_0 + t^2 S_1,   M(0) = 1,
 *     T = S_0^-1/2 (S_0^1/2 S_1 S_0^1/2)^1/2 S_0^-1/2      [gelbrich-1990, liu-gong-liu-2023] */
#include <math.h>

#include "experiments/claim.h"
#include "experiments/claims/standard.h"
#include "solvers/integrate.h"

/* a[0] a[1]
 * a[2] a[3] */
typedef struct matrix {
    double a[4];
} matrix;

static const matrix S0 = {{1.0, 0.0, 0.0, 0.1}}, S1 = {{0.55, 0.45, 0.45, 0.55}};

static matrix product(matrix x, matrix y)
{
    matrix z;
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 2; j++)
            z.a[2 * i + j] = x.a[2 * i] * y.a[j] + x.a[2 * i + 1] * y.a[2 + j];
    return z;
}

static matrix combined(double u, matrix x, double v, matrix y)
{
    matrix z;
    for (size_t i = 0; i < 4; i++)
        z.a[i] = u * x.a[i] + v * y.a[i];
    return z;
}

static matrix transposed(matrix x)
{
    return (matrix){{x.a[0], x.a[2], x.a[1], x.a[3]}};
}

static double determinant(matrix x)
{
    return x.a[0] * x.a[3] - x.a[1] * x.a[2];
}

static matrix inverse(matrix x)
{
    const double d = determinant(x);
    return (matrix){{x.a[3] / d, -x.a[1] / d, -x.a[2] / d, x.a[0] / d}};
}

/* Symmetric, positive definite: (S + sqrt(det S)) / sqrt(tr S + 2 sqrt(det S)) */
static matrix root(matrix s)
{
    const double d = sqrt(determinant(s)), scale = sqrt(s.a[0] + s.a[3] + 2.0 * d);
    return (matrix){
        {(s.a[0] + d) / scale, s.a[1] / scale, s.a[2] / scale, (s.a[3] + d) / scale}};
}

static const matrix ONE = {{1.0, 0.0, 0.0, 1.0}};

/* E|M x - x|^2, x ~ N(0, S_0) */
static double cost(matrix m)
{
    const matrix d = combined(1.0, m, -1.0, ONE);
    const matrix c = product(product(d, S0), transposed(d));
    return c.a[0] + c.a[3];
}

typedef struct formula {
    double pull; /* factor of (1 - t) S_0 in the velocity: -1 */
} formula;

static void along(double t, const double *y, double *dy, void *context)
{
    const formula *f = context;
    const matrix s = combined((1.0 - t) * (1.0 - t), S0, t * t, S1);
    const matrix k = product(combined(t, S1, f->pull * (1.0 - t), S0), inverse(s));
    const matrix m = {{y[0], y[1], y[2], y[3]}};
    const matrix rate = product(k, m);
    for (size_t i = 0; i < 4; i++)
        dy[i] = rate.a[i];
}

static fk_status rectified(formula *f, double end, matrix *m)
{
    *m = ONE;
    return !(end > 0.0) ? FK_OK : fk_integrate(4, along, f, 0.0, end, 1e-13, m->a);
}

static matrix optimal(const fk_trial *t)
{
    const matrix half = root(S0), back = inverse(half);
    if (fk_trial_broken(t, "commuting"))
        return product(root(S1), back);
    return product(product(back, root(product(product(half, S1), half))), back);
}

static void add_push(fk_trial *t, matrix m, const char *name)
{
    const matrix s = product(product(m, S0), transposed(m));
    static const size_t at[] = {0, 1, 3};
    static const char *const entry[] = {"11", "12", "22"};
    for (size_t i = 0; i < 3; i++)
        fk_trial_add(t,
                     (fk_evidence){.left = s.a[at[i]],
                                   .right = S1.a[at[i]],
                                   .quadrature = 1e-11,
                                   .origin = "tolerance 1e-13 of the integrator"},
                     "%s carries S_0 to S_1, entry %s", name, entry[i]);
}

/* What is known of an optimal map: it is symmetric, and its cost is Gelbrich's formula. */
static void add_optimal(fk_trial *t, matrix map)
{
    const matrix cross = root(product(product(root(S0), S1), root(S0)));
    const double sum = S0.a[0] + S0.a[3] + S1.a[0] + S1.a[3];
    fk_trial_add(t,
                 (fk_evidence){.left = map.a[1],
                               .right = map.a[2],
                               .quadrature = 1e-13,
                               .origin = "rounding"},
                 "the optimal map is symmetric, T_12 = T_21");
    fk_trial_add(t,
                 (fk_evidence){.left = cost(map),
                               .right = sum - 2.0 * (cross.a[0] + cross.a[3]),
                               .quadrature = 1e-13,
                               .origin = "rounding"},
                 "its cost = tr(S_0 + S_1 - 2 (S_0^1/2 S_1 S_0^1/2)^1/2)");
}

static void add_comparison(fk_trial *t, matrix flow, matrix map)
{
    const double independent = S0.a[0] + S0.a[3] + S1.a[0] + S1.a[3];
    fk_trial_add(t,
                 (fk_evidence){.relation = FK_DIFFERENT,
                               .left = flow.a[1],
                               .right = flow.a[2],
                               .quadrature = 1e-11,
                               .origin = "tolerance 1e-13 of the integrator"},
                 "the rectified map is not symmetric: M_12, M_21");
    fk_trial_add(t,
                 (fk_evidence){.relation = FK_DIFFERENT,
                               .left = cost(flow),
                               .right = cost(map),
                               .quadrature = 1e-11,
                               .origin = "tolerance 1e-13 of the integrator"},
                 "its cost is not the optimal one");
    fk_trial_add(t,
                 (fk_evidence){.relation = FK_AT_LEAST,
                               .left = cost(flow),
                               .right = cost(map),
                               .quadrature = 1e-11,
                               .origin = "tolerance 1e-13 of the integrator"},
                 "cost of the rectified map >= optimal cost");
    fk_trial_add(t,
                 (fk_evidence){.relation = FK_AT_MOST,
                               .left = cost(flow),
                               .right = independent,
                               .quadrature = 1e-11,
                               .origin = "tolerance 1e-13 of the integrator"},
                 "cost of the rectified map <= cost of independent pairs");
}

/* On the line the map is m + sqrt(S_1 / S_0) (x - m_0), which is optimal. */
static void line_along(double t, const double *y, double *dy, void *context)
{
    const formula *f = context;
    const double V = 0.25 * (1.0 - t) * (1.0 - t) + t * t;
    dy[0] = 3.0 + (t + f->pull * (1.0 - t) * 0.25) / V * (y[0] - (-1.0 + 3.0 * t));
}

static fk_status add_line(fk_trial *t, formula *f)
{
    for (double x0 = -2.0; x0 <= 0.0; x0 += 1.0) {
        double x = x0;
        FK_TRY(fk_integrate(1, line_along, f, 0.0, 1.0, 1e-13, &x));
        fk_trial_add(t,
                     (fk_evidence){.left = x,
                                   .right = 2.0 + 2.0 * (x0 + 1.0),
                                   .quadrature = 1e-11,
                                   .effect = 1e-3,
                                   .origin = "tolerance 1e-13 of the integrator"},
                     "on the line N(-1, 1/4) goes to N(2, 1) optimally, from %g", x0);
    }
    return FK_OK;
}

enum { RAYS = 5, POINTS = 41, ROUND = 121 };

static void draw(fk_trial *t, formula *f, matrix map)
{
    static double x[RAYS][POINTS], y[RAYS][POINTS], straight[RAYS][2][2];
    static double circle[2][2][ROUND];
    fk_curve curve[2 * RAYS + 2];
    for (size_t i = 0; i < ROUND; i++) {
        const double a = 2.0 * M_PI * (double)i / (ROUND - 1);
        const matrix half[2] = {root(S0), root(S1)};
        for (size_t k = 0; k < 2; k++)
            for (size_t d = 0; d < 2; d++)
                circle[k][d][i] =
                    half[k].a[2 * d] * cos(a) + half[k].a[2 * d + 1] * sin(a);
    }
    for (size_t k = 0; k < RAYS; k++) {
        const double a = M_PI * ((double)k / (RAYS - 1) - 0.5);
        const double p = cos(a), q = sqrt(0.1) * sin(a);
        for (size_t i = 0; i < POINTS; i++) {
            matrix m;
            const bool done = rectified(f, (double)i / (POINTS - 1), &m) == FK_OK;
            x[k][i] = done ? m.a[0] * p + m.a[1] * q : NAN;
            y[k][i] = done ? m.a[2] * p + m.a[3] * q : NAN;
        }
        straight[k][0][0] = p;
        straight[k][1][0] = q;
        straight[k][0][1] = map.a[0] * p + map.a[1] * q;
        straight[k][1][1] = map.a[2] * p + map.a[3] * q;
        curve[2 + k] = (fk_curve){.n = POINTS, .x = x[k], .y = y[k]};
        curve[2 + RAYS + k] = (fk_curve){
            .n = 2, .x = straight[k][0], .y = straight[k][1], .pen = FK_PEN_DASHES};
    }
    curve[2].name = "rectified flow";
    curve[2 + RAYS].name = "optimal transport";
    curve[0] = (fk_curve){.name = "N(0, S_0), one sigma",
                          .n = ROUND,
                          .x = circle[0][0],
                          .y = circle[0][1]};
    curve[1] = (fk_curve){.name = "N(0, S_1), one sigma",
                          .n = ROUND,
                          .x = circle[1][0],
                          .y = circle[1][1]};
    fk_trial_curves(
        t,
        "Paths of five points of the ellipse N(0, S_0): optimal transport moves "
        "them straight, rectified flow bends them and turns the ellipse.",
        &(fk_curves){.name = "optimal-transport-paths",
                     .title = "One rectification is not optimal transport",
                     .x_label = "x",
                     .y_label = "y",
                     .n = 2 * RAYS + 2,
                     .curve = curve});
}

static fk_status run(fk_trial *t)
{
    formula f = {.pull = fk_trial_broken(t, "sign") ? 1.0 : -1.0};
    const matrix map = optimal(t);
    matrix flow;
    FK_TRY(rectified(&f, 1.0, &flow));
    add_push(t, flow, "the rectified map");
    add_push(t, map, "the optimal map");
    add_optimal(t, map);
    add_comparison(t, flow, map);
    FK_TRY(add_line(t, &f));
    draw(t, &f, map);
    return FK_OK;
}

const fk_claim fk_claim_optimal_transport = {
    .name = "optimal-transport",
    .title = "Rectified flow is not optimal transport",
    .statement =
        "Between Gaussians whose covariances do not commute, rectified flow carries "
        "one "
        "to the other by a map that is not symmetric, so it is not the gradient of a "
        "convex function, and costs more than optimal transport, though less than "
        "independent pairs. On the line the two agree.",
    .assumptions =
        "Independent pairs, straight lines, the square of the distance as cost.",
    .source = "liu-gong-liu-2023, gelbrich-1990",
    .falsifier = "A rectified map that is symmetric, or as cheap as the optimal one.",
    .derivation =
        {{"For Gaussians the conditional mean is linear in x.",
          "v = m_1 - m_0 + (t S_1 - (1 - t) S_0)\\, S_t^{-1} (x - m_t), \\quad S_t = "
          "(1 - t)^2 S_0 + t^2 S_1"},
         {"So the flow is a matrix, and carries S_0 to S_1.",
          "\\dot{M} = (t S_1 - (1 - t) S_0)\\, S_t^{-1} M, \\quad M_1 S_0 M_1^{\\top} "
          "= S_1"},
         {"Optimal is the one such matrix that is symmetric and positive.",
          "T = S_0^{-1/2} \\left( S_0^{1/2} S_1 S_0^{1/2} \\right)^{1/2} S_0^{-1/2}"},
         {"Its cost is the squared distance of the two.",
          "W_2^2 = \\operatorname{tr} \\left( S_0 + S_1 - 2 ( S_0^{1/2} S_1 S_0^{1/2} "
          ")^{1/2} \\right)"}},
    .breaks = {{"sign", "t S_1 + (1 - t) S_0 in the velocity"},
               {"commuting",
                "S_1^1/2 S_0^-1/2 for the optimal map, as if they commuted"}},
    .run = run,
};
