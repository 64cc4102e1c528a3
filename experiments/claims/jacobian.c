/* The continuity equation from the determinant of the Jacobian, on the flow of
 *
 *     f(x, y) = (-x + sin y, x/2 - y^3),   A = grad f,   div f = -1 - 3 y^2,   t = 0 .. 1,
 *
 * by Euler steps x -> x + h f(x), whose Jacobian is 1 + h A, and on a linear flow, where a
 * Gaussian density is known without it.  [villani-2003] */
#include <math.h>

#include "experiments/claim.h"
#include "solvers/integrate.h"

static const double START[2] = {0.3, 0.4};

static void field(const double *x, double *f)
{
    f[0] = -x[0] + sin(x[1]);
    f[1] = 0.5 * x[0] - x[1] * x[1] * x[1];
}

static void gradient(const double *x, double *A)
{
    A[0] = -1.0;
    A[1] = cos(x[1]);
    A[2] = 0.5;
    A[3] = -3.0 * x[1] * x[1];
}

static double trace_of_power(const double *A, int power)
{
    const double trace = A[0] + A[3], det = A[0] * A[3] - A[1] * A[2];
    const double square = trace * trace - 2.0 * det;
    return power == 1 ? trace : power == 2 ? square : trace * (square - det);
}

static double log_determinant(const double *A, double h)
{
    return log((1.0 + h * A[0]) * (1.0 + h * A[3]) - h * h * A[1] * A[2]);
}

typedef struct formula {
    double sign;    /* of the divergence */
    double second;  /* factor of d f_y / dy in it */
    double squares; /* factor of tr A^2 */
} formula;

static double divergence(const formula *f, const double *A)
{
    return f->sign * (A[0] + f->second * A[3]);
}

/* ---- along Euler's path ---- */

typedef struct volumes {
    double log_det; /* sum of log det (1 + h A) */
    double own;     /* sum of h div f */
} volumes;

static void euler(double h, double *x)
{
    double f[2];
    field(x, f);
    x[0] += h * f[0];
    x[1] += h * f[1];
}

static volumes along_euler(const formula *f, size_t n)
{
    const double h = 1.0 / (double)n;
    double x[2] = {START[0], START[1]}, A[4];
    volumes v = {0.0, 0.0};
    for (size_t k = 0; k < n; k++) {
        gradient(x, A);
        v.log_det += log_determinant(A, h);
        v.own += h * divergence(f, A);
        euler(h, x);
    }
    return v;
}

static double area(double corner[3][2])
{
    const double a0 = corner[1][0] - corner[0][0], a1 = corner[1][1] - corner[0][1];
    const double b0 = corner[2][0] - corner[0][0], b1 = corner[2][1] - corner[0][1];
    return 0.5 * (a0 * b1 - a1 * b0);
}

/* log of the area that a triangle of this size has after n steps over what it had */
static double triangle(size_t n, double size)
{
    double corner[3][2] = {
        {START[0], START[1]}, {START[0] + size, START[1]}, {START[0], START[1] + size}};
    const double before = area(corner);
    for (size_t k = 0; k < n; k++)
        for (size_t c = 0; c < 3; c++)
            euler(1.0 / (double)n, corner[c]);
    return log(area(corner) / before);
}

/* ---- along the true path ---- */

/* y = (x, int div f, e, int grad div f . e, int tr A^2): Euler's path is x + h e + O(h^2)
 * with e' = A e - A f / 2. */
static void true_path(double t, const double *y, double *dy, void *context)
{
    const formula *f = context;
    double A[4];
    (void)t;
    gradient(y, A);
    field(y, dy);
    dy[2] = divergence(f, A);
    const double e0 = y[3], e1 = y[4];
    dy[3] = A[0] * (e0 - 0.5 * dy[0]) + A[1] * (e1 - 0.5 * dy[1]);
    dy[4] = A[2] * (e0 - 0.5 * dy[0]) + A[3] * (e1 - 0.5 * dy[1]);
    dy[5] = f->sign * f->second * -6.0 * y[1] * e1;
    dy[6] = f->squares * trace_of_power(A, 2);
}

/* ---- a linear flow, x' = B x, with a Gaussian on it ---- */

static const double B[4] = {-0.4, 1.5, -0.7, -0.9};

/* y = (x, S) with S' = B S + S B^T, S = (S00, S01, S11) */
static void linear_path(double t, const double *y, double *dy, void *context)
{
    (void)t, (void)context;
    dy[0] = B[0] * y[0] + B[1] * y[1];
    dy[1] = B[2] * y[0] + B[3] * y[1];
    dy[2] = 2.0 * (B[0] * y[2] + B[1] * y[3]);
    dy[3] = B[2] * y[2] + (B[0] + B[3]) * y[3] + B[1] * y[4];
    dy[4] = 2.0 * (B[2] * y[3] + B[3] * y[4]);
}

static double log_gaussian(const double *y)
{
    const double det = y[2] * y[4] - y[3] * y[3];
    const double square =
        (y[4] * y[0] * y[0] - 2.0 * y[3] * y[0] * y[1] + y[2] * y[1] * y[1]) / det;
    return -0.5 * square - 0.5 * log(det) - log(2.0 * M_PI);
}

/* ---- the claim ---- */

static void add_expansion(fk_trial *t, const formula *f)
{
    const double h = 1e-3;
    double A[4];
    gradient(START, A);
    fk_trial_add(
        t,
        (fk_evidence){.left = (log_determinant(A, h) - h * A[0] - h * A[3]) / (h * h),
                      .right = -0.5 * f->squares * trace_of_power(A, 2),
                      .discretisation = 0.4 * h * fabs(trace_of_power(A, 3)),
                      .quadrature = 1e-9,
                      .origin = "h tr A^3 / 3, the next term"},
        "(log det(1 + hA) - h tr A) / h^2 = -tr A^2 / 2");
}

static void add_limits(fk_trial *t, const formula *f, const double *y)
{
    const double first[2] = {-1.0 - 3.0 * START[1] * START[1],
                             -1.0 - 3.0 * y[1] * y[1]};
    const double own = -0.5 * y[6];
    const double whole = own + y[5] - 0.5 * f->sign * (first[1] - first[0]);
    for (size_t n = 50; n <= 200; n *= 2) {
        const volumes v = along_euler(f, n), w = along_euler(f, 2 * n);
        const double c = (double)n, left = c * (v.log_det - v.own);
        const double exact = c * (v.log_det - y[2]);
        fk_trial_add(t,
                     (fk_evidence){.left = left,
                                   .right = own,
                                   .discretisation =
                                       2.4 * fabs(left - 2.0 * c * (w.log_det - w.own)),
                                   .origin = "O(1/n), from n and 2n"},
                     "n (log det - sum h div f) = -int tr A^2 / 2, n = %zu", n);
        fk_trial_add(t,
                     (fk_evidence){.left = exact,
                                   .right = whole,
                                   .discretisation =
                                       2.4 * fabs(exact - 2.0 * c * (w.log_det - y[2])),
                                   .origin = "O(1/n), from n and 2n"},
                     "n (log det - int div f) = Euler's own error, n = %zu", n);
    }
}

static void add_triangle(fk_trial *t, const formula *f)
{
    const size_t n = 200;
    const double size = 1e-6;
    fk_trial_add(t,
                 (fk_evidence){.left = triangle(n, size),
                               .right = along_euler(f, n).log_det,
                               .discretisation = 10.0 * size,
                               .quadrature = 1e-16 * (double)n / size,
                               .origin = "its side 1e-6; rounding of differences"},
                 "log area of a triangle after %zu steps = sum log det(1 + hA)", n);
}

static fk_status add_density(fk_trial *t, const formula *f)
{
    double y[5] = {0.8, -0.5, 0.5, 0.2, 0.3};
    const double before = log_gaussian(y);
    FK_TRY(fk_integrate(5, linear_path, NULL, 0.0, 1.0, 1e-13, y));
    fk_trial_add(t,
                 (fk_evidence){.left = log_gaussian(y) - before,
                               .right = -divergence(f, B),
                               .quadrature = 1e-11,
                               .origin = "tolerance 1e-13 of the integrator"},
                 "log p_1(x_1) - log p_0(x_0) = -int div f, Gaussian on a linear flow");
    return FK_OK;
}

enum { EDGE = 40, TIMES = 4, SIZES = 9 };

/* The border of a triangle at four times, and the path of its corner. */
static void draw_triangle(fk_trial *t)
{
    static double x[TIMES][3 * EDGE + 1], y[TIMES][3 * EDGE + 1];
    static const char *const name[TIMES] = {"t = 0", "t = 0.2", "t = 0.5", "t = 1"};
    static const size_t step[TIMES] = {0, 200, 500, 1000};
    const double corner[4][2] = {{0.3, 0.4}, {1.1, 0.4}, {0.3, 1.2}, {0.3, 0.4}};
    fk_curve curve[TIMES];
    for (size_t i = 0; i <= 3 * EDGE; i++) {
        const size_t side = i < 3 * EDGE ? i / EDGE : 2;
        const double part = (double)(i - side * EDGE) / EDGE;
        double at[2];
        for (size_t d = 0; d < 2; d++)
            at[d] = corner[side][d] + part * (corner[side + 1][d] - corner[side][d]);
        for (size_t k = 0, done = 0; k < TIMES; k++) {
            for (; done < step[k]; done++)
                euler(1e-3, at);
            x[k][i] = at[0];
            y[k][i] = at[1];
        }
    }
    for (size_t k = 0; k < TIMES; k++)
        curve[k] = (fk_curve){.name = name[k], .n = 3 * EDGE + 1, .x = x[k], .y = y[k]};
    fk_trial_curves(
        t,
        "A triangle carried by the flow. Its area shrinks by exp(int div f) along each "
        "path; the density inside grows by the same factor.",
        &(fk_curves){.name = "jacobian-triangle",
                     .title = "A triangle carried by x' = -x + sin y, y' = x/2 - y^3",
                     .x_label = "x",
                     .y_label = "y",
                     .n = TIMES,
                     .curve = curve});
}

static void draw_limits(fk_trial *t, const formula *f, const double *y)
{
    double n[SIZES], own[SIZES], exact[SIZES], limit[SIZES];
    for (size_t i = 0; i < SIZES; i++) {
        const size_t steps = (size_t)25 << i;
        const volumes v = along_euler(f, steps);
        n[i] = (double)steps;
        own[i] = n[i] * (v.log_det - v.own);
        exact[i] = n[i] * (v.log_det - y[2]);
        limit[i] = -0.5 * y[6];
    }
    fk_trial_curves(
        t,
        "n times the difference of log volume and integrated divergence stays bounded: "
        "the two agree to O(1/n), and the constant is -1/2 int tr A^2 dt.",
        &(fk_curves){.name = "jacobian-limit",
                     .title = "Euler's volumes against the divergence",
                     .x_label = "Euler steps n",
                     .y_label = "n times the difference",
                     .log_x = true,
                     .n = 3,
                     .curve =
                         (const fk_curve[]){{.name = "sum of h div f on Euler's path",
                                             .n = SIZES,
                                             .x = n,
                                             .y = own,
                                             .pen = FK_PEN_POINTS},
                                            {.name = "int div f dt on the true path",
                                             .n = SIZES,
                                             .x = n,
                                             .y = exact,
                                             .pen = FK_PEN_RINGS},
                                            {.name = "-1/2 int tr A^2 dt",
                                             .n = SIZES,
                                             .x = n,
                                             .y = limit,
                                             .pen = FK_PEN_DASHES}}});
}

static fk_status run(fk_trial *t)
{
    formula f = {.sign = fk_trial_broken(t, "sign") ? -1.0 : 1.0,
                 .second = fk_trial_broken(t, "one-axis") ? 0.0 : 1.0,
                 .squares = fk_trial_broken(t, "trace-square") ? 0.0 : 1.0};
    double y[7] = {START[0], START[1], 0.0, 0.0, 0.0, 0.0, 0.0};
    FK_TRY(fk_integrate(7, true_path, &f, 0.0, 1.0, 1e-13, y));
    add_expansion(t, &f);
    add_triangle(t, &f);
    add_limits(t, &f, y);
    FK_TRY(add_density(t, &f));
    draw_triangle(t);
    draw_limits(t, &f, y);
    return FK_OK;
}

const fk_claim fk_claim_jacobian = {
    .name = "jacobian",
    .title = "The continuity equation from the Jacobian determinant",
    .statement =
        "A flow x' = f changes volumes along a path at the rate div f, so a density "
        "carried by it obeys d log p / dt = -div f there, which is the continuity "
        "equation.",
    .assumptions =
        "f has continuous first derivatives; no noise, for the map of a noisy path "
        "has no Jacobian that knows the diffusion.",
    .source = "villani-2003",
    .falsifier =
        "Volumes of transported triangles that differ from exp(int div f) by more than "
        "Euler's own error, whose constant is computed, or a Gaussian on a linear flow "
        "whose density changes by another factor.",
    .derivation =
        {{"In a step h a point moves to x + h f(x), a map with the Jacobian 1 + h A.",
          "A_{ij} = \\partial_j f_i"},
         {"Its determinant begins with the trace, which is the divergence of f.",
          "\\log \\det(1 + h A) = h\\, \\operatorname{tr} A - \\frac{h^2}{2} "
          "\\operatorname{tr} A^2 + O(h^3)"},
         {"A density is mass by volume, so along the path it falls as volume grows.",
          "\\log p_{t+h}(x_{t+h}) - \\log p_t(x_t) = -h\\, \\nabla \\cdot f + O(h^2)"},
         {"The chain rule on the left side and h to zero.",
          "\\partial_t \\log p + f \\cdot \\nabla \\log p + \\nabla \\cdot f = 0"},
         {"Multiplied by p this is the continuity equation.",
          "\\partial_t p + \\nabla \\cdot (f p) = 0"}},
    .breaks = {{"sign", "densities grow with the divergence instead of falling"},
               {"one-axis", "the divergence without its second term"},
               {"trace-square", "the determinant without its second order"}},
    .run = run,
};
