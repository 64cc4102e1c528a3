#include "sampling/boundary.h"

#include "tests/particle_fixture.h"

/* ---- one block ---- */

/* x after the fold at the faces of [-1, 2]. */
static double folded(fk_boundary low, fk_boundary high, double x)
{
    fk_domain d = line(-1.0, 2.0, 3, FK_OPEN);
    _Alignas(64) double block[FK_BLOCK];
    double *const rows[] = {block};
    d.face[0][0] = low;
    d.face[0][1] = high;
    for (size_t j = 0; j < FK_BLOCK; j++)
        block[j] = x;
    fk_boundary_fold(&d, rows);
    for (size_t j = 1; j < FK_BLOCK; j++)
        ck_assert_mem_eq(&block[j], &block[0], sizeof *block);
    return block[0];
}

static const double below_two = 0x1.fffffffffffffp+0;

START_TEST(two_walls_fold_like_mirrors)
{
    const double at[][2] = {{2.25, 1.75},   {-1.5, -0.5},    {5.5, -0.5},
                            {4.75, -0.75},  {-4.25, 1.75},   {8.5, 1.5},
                            {-601.0, -1.0}, {2.0, below_two}};
    for (size_t k = 0; k < sizeof at / sizeof *at; k++)
        ck_assert_double_eq_tol(folded(FK_REFLECTING, FK_REFLECTING, at[k][0]),
                                at[k][1], 1e-15);
    ck_assert_double_eq(folded(FK_REFLECTING, FK_REFLECTING, 2.0), below_two);
    ck_assert_double_eq(folded(FK_REFLECTING, FK_REFLECTING, -1.0), -1.0);
}
END_TEST

START_TEST(periodic_faces_wrap)
{
    const double at[][2] = {{2.25, -0.75}, {-1.5, 1.5}, {5.5, -0.5},
                            {-7.25, 1.75}, {2.0, -1.0}, {302.5, -0.5}};
    for (size_t k = 0; k < sizeof at / sizeof *at; k++)
        ck_assert_double_eq_tol(folded(FK_PERIODIC, FK_PERIODIC, at[k][0]), at[k][1],
                                1e-13);
    /* a hair below lo lands on the largest number below hi, which has a cell */
    ck_assert_double_lt(folded(FK_PERIODIC, FK_PERIODIC, -1.0 - 1e-16 * 3.0), 2.0);
}
END_TEST

START_TEST(one_wall_mirrors_and_the_other_side_is_free)
{
    ck_assert_double_eq(folded(FK_REFLECTING, FK_OPEN, -1.25), -0.75);
    ck_assert_double_eq(folded(FK_REFLECTING, FK_OPEN, 7.5), 7.5);
    ck_assert_double_eq(folded(FK_REFLECTING, FK_ABSORBING, -8.0), 6.0);
    ck_assert_double_eq(folded(FK_OPEN, FK_REFLECTING, 2.25), 1.75);
    ck_assert_double_eq(folded(FK_OPEN, FK_REFLECTING, 2.0), below_two);
    ck_assert_double_eq(folded(FK_OPEN, FK_REFLECTING, -7.5), -7.5);
    ck_assert_double_eq(folded(FK_OPEN, FK_OPEN, 11.0), 11.0);
}
END_TEST

/* Bits of points inside are kept, and what is not a number is not made one. */
START_TEST(fold_leaves_alone_what_it_must)
{
    const fk_boundary kind[] = {FK_REFLECTING, FK_PERIODIC};
    const double inside[] = {-1.0, -0.1, 0.0, 1.0 / 3.0, 1.9999999999, below_two};
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
            ck_assert_double_eq(folded(kind[k], kind[k], inside[i]), inside[i]);
        ck_assert(!isfinite(folded(kind[k], kind[k], NAN)));
        ck_assert(!isfinite(folded(kind[k], kind[k], HUGE_VAL)));
        ck_assert(!isfinite(folded(kind[k], kind[k], -HUGE_VAL)));
    }
    ck_assert(!isfinite(folded(FK_REFLECTING, FK_OPEN, -HUGE_VAL)));
    ck_assert(!isfinite(folded(FK_OPEN, FK_REFLECTING, HUGE_VAL)));
}
END_TEST

/* A step from (x0, y0) to (x1, y1) in the unit square with absorbing faces. */
typedef struct step {
    double x0, y0, x1, y1;
    uint8_t status;
    double x, y; /* where it ends */
} step;

START_TEST(first_face_on_the_line_absorbs)
{
    const fk_domain d = box(2, (double[]){0.0, 0.0}, (double[]){1.0, 1.0},
                            (size_t[]){4, 4}, FK_ABSORBING);
    const step steps[] = {
        {0.5, 0.5, 0.75, 0.25, FK_ALIVE, 0.75, 0.25},
        {0.5, 0.5, -0.25, 0.5, fk_status_of_face(0, 0), 0.0, 0.5},
        {0.5, 0.5, 1.0, 0.5, fk_status_of_face(0, 1), 1.0, 0.5},
        {0.5, 0.5, 0.5, -9.0, fk_status_of_face(1, 0), 0.5, 0.0},
        {0.9, 0.5, 1.2, 1.2, fk_status_of_face(0, 1), 1.0, 1.0},
        {0.5, 0.9, 1.2, 1.2, fk_status_of_face(1, 1), 1.0, 1.0},
        {0.1, 0.5, -0.4, 1.1, fk_status_of_face(0, 0), 0.0, 1.0},
    };
    enum { N = sizeof steps / sizeof *steps };
    _Alignas(64) double old[2][FK_BLOCK], x[2][FK_BLOCK];
    uint8_t status[FK_BLOCK] = {0};
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const step *s = &steps[j % N];
        old[0][j] = s->x0, old[1][j] = s->y0;
        x[0][j] = s->x1, x[1][j] = s->y1;
    }
    const double *const from[] = {old[0], old[1]};
    double *const to[] = {x[0], x[1]};
    fk_boundary_absorb(&d, from, to, status);
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const step *s = &steps[j % N];
        ck_assert_uint_eq(status[j], s->status);
        ck_assert_double_eq(x[0][j], s->x);
        ck_assert_double_eq(x[1][j], s->y);
    }

    /* the ended stay where they ended, whatever the scheme did to them */
    memcpy(old, x, sizeof old);
    for (size_t j = 0; j < FK_BLOCK; j++)
        x[0][j] = x[1][j] = 0.25;
    fk_boundary_absorb(&d, from, to, status);
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const step *s = &steps[j % N];
        ck_assert_uint_eq(status[j], s->status);
        ck_assert_double_eq(x[0][j], s->status == FK_ALIVE ? 0.25 : s->x);
    }
}
END_TEST

/* An infinite state is an error to be told, not a path that left through a face. */
START_TEST(infinity_is_not_absorbed)
{
    fk_domain d = line(0.0, 1.0, 4, FK_ABSORBING);
    _Alignas(64) double old[FK_BLOCK], x[FK_BLOCK];
    const double bad[] = {HUGE_VAL, -HUGE_VAL, NAN};
    uint8_t status[FK_BLOCK] = {0};
    for (size_t j = 0; j < FK_BLOCK; j++) {
        old[j] = 0.5;
        x[j] = bad[j % 3];
    }
    fk_boundary_absorb(&d, (const double *const[]){old}, (double *const[]){x}, status);
    for (size_t j = 0; j < FK_BLOCK; j++)
        ck_assert(status[j] == FK_ALIVE && !isfinite(x[j]));
}
END_TEST

/* ---- ensembles ---- */

typedef struct flight {
    fk_sde *sde;
    fk_law *law;
    fk_ensemble *e;
} flight;

/* dX = drift dt + noise dW from x0, to time t. */
static flight fly(const char *drift, const char *noise, const fk_domain *d, double x0,
                  size_t count, double h, double t)
{
    const fk_ensemble_options o = euler_options(count, h, 21);
    flight f = {sde_text(FK_ITO, 1, 1, "x", drift, noise), normal_law_1d(x0, 0.0),
                NULL};
    f.e = ensemble(f.sde, d, f.law, &o);
    advance(f.e, t);
    return f;
}

static void land(flight *f)
{
    fk_ensemble_free(f->e);
    fk_law_free(f->law);
    sde_text_free(f->sde);
}

/* Brownian motion from 0.3 on [0, 1], folded after each step, is the folded Gaussian
 * exactly; with a drift and wrapped it is the wrapped one. */
static void check_images(fk_boundary kind, const char *drift, double centre)
{
    const double t = 0.1, sd = sqrt(t);
    const fk_domain d = line(0.0, 1.0, 40, kind);
    flight f = fly(drift, "1", &d, 0.3, 100000, 0.02, t);
    fk_census census;
    uint64_t *count = histogram_of(f.e, &d.grid, &census);
    ck_assert_uint_eq(census.inside, 100000);
    double mass[41] = {0};
    for (size_t c = 0; c < 40; c++)
        for (int image = -6; image <= 6; image++) {
            const double lo = fk_axis_edge(&d.grid.axis[0], c),
                         hi = fk_axis_edge(&d.grid.axis[0], c + 1);
            const bool turned = kind == FK_REFLECTING && image % 2 != 0;
            mass[c] += turned
                           ? normal_mass(image + 1.0 - hi, image + 1.0 - lo, centre, sd)
                           : normal_mass(image + lo, image + hi, centre, sd);
        }
    ck_assert_double_gt(p_value(&d.grid, count, mass), least_p_value);
    free(count);
    land(&f);
}

START_TEST(walls_fold_brownian_motion_exactly)
{
    check_images(FK_REFLECTING, "0", 0.3);
}
END_TEST

START_TEST(circle_wraps_brownian_motion_exactly)
{
    check_images(FK_PERIODIC, "7", 0.3 + 0.7);
}
END_TEST

/* Probability that g W stays in (-l, l) until t, from 0. */
static double survival(double l, double t)
{
    double sum = 0.0;
    for (int k = 0; k < 50; k++) {
        const double n = 2.0 * k + 1.0;
        sum += (k % 2 == 0 ? 1.0 : -1.0) / n *
               exp(-n * n * acos(-1.0) * acos(-1.0) * t / (8.0 * l * l));
    }
    return 4.0 / acos(-1.0) * sum;
}

/* Paths are looked at once a step, so they see the faces 0.5826 sqrt(h) further out; what
 * is left is of order h.  Without that shift the share would be 12 errors off. */
START_TEST(absorption_sees_faces_shifted_by_the_overshoot)
{
    enum { N = 100000 };
    const double h = 1.0 / 256.0, t = 1.0, shift = 0.5825971579 * sqrt(h);
    const fk_domain d = line(-1.0, 1.0, 20, FK_ABSORBING);
    flight f = fly("0", "1", &d, 0.0, N, h, t);
    fk_census census;
    free(histogram_of(f.e, &d.grid, &census));
    const double p = survival(1.0 + shift, t), error = sqrt(p * (1.0 - p) / N);
    const double left = (double)census.absorbed[0][0] / N;
    const double right = (double)census.absorbed[0][1] / N;
    assert_sigmas((double)census.inside / N, p, error + h / 4.0);
    ck_assert_double_gt(p - survival(1.0, t), 12.0 * error);
    assert_sigmas(left - right, 0.0, sqrt((1.0 - p) / N));
    ck_assert_uint_eq(census.outside, 0);

    const moments m = ensemble_moments(f.e);
    ck_assert_double_eq(m.n, (double)census.inside);
    double *x = all_states(f.e, 1);
    size_t on_faces = 0;
    for (size_t i = 0; i < N; i++)
        on_faces += x[i] == -1.0 || x[i] == 1.0;
    ck_assert_uint_eq(on_faces, N - census.inside);
    free(x);
    land(&f);
}
END_TEST

/* From 0.3 in (-1, 1), until all have ended: P(right) = (0.3 - a) / (b - a) with the
 * shifted faces. */
START_TEST(exits_split_like_a_martingale)
{
    enum { N = 40000 };
    const double h = 1.0 / 64.0, shift = 0.5825971579 * sqrt(h);
    const fk_domain d = line(-1.0, 1.0, 20, FK_ABSORBING);
    flight f = fly("0", "1", &d, 0.3, N, h, 20.0);
    fk_census census;
    free(histogram_of(f.e, &d.grid, &census));
    const double p = (1.3 + shift) / (2.0 + 2.0 * shift);
    ck_assert_uint_eq(census.inside, 0);
    assert_sigmas((double)census.absorbed[0][1] / N, p, sqrt(p * (1.0 - p) / N));
    ck_assert_double_eq(ensemble_moments(f.e).n, 0.0);
    land(&f);
}
END_TEST

/* A path goes on outside an open face and may come back: the law is that of free space,
 * bit for bit, and who is outside is counted. */
START_TEST(open_faces_are_free_space)
{
    enum { N = 50000 };
    const fk_domain d = line(-0.5, 1.0, 30, FK_OPEN);
    flight f = fly("0", "1", &d, 0.3, N, 0.05, 0.5);
    flight g = fly("0", "1", NULL, 0.3, N, 0.05, 0.5);
    double *x = all_states(f.e, 1), *y = all_states(g.e, 1);
    ck_assert_mem_eq(x, y, N * sizeof *x);
    fk_census census;
    free(histogram_of(f.e, &d.grid, &census));
    const double p = 1.0 - normal_mass(-0.5, 1.0, 0.3, sqrt(0.5));
    assert_sigmas((double)census.outside / N, p, sqrt(p * (1.0 - p) / N));
    ck_assert_uint_eq(census.absorbed[0][0] + census.absorbed[0][1], 0);
    ck_assert_double_eq(ensemble_moments(f.e).n, (double)N); /* outside is alive */
    free(x);
    free(y);
    land(&f);
    land(&g);
}
END_TEST

/* A start on or beyond an absorbing face ends there at once; beyond a wall it is folded. */
START_TEST(starts_obey_the_faces)
{
    fk_domain d = line(-1.0, 1.0, 20, FK_ABSORBING);
    d.face[0][0] = FK_REFLECTING;
    fk_census census;
    double x;
    flight f = fly("0", "1", &d, 1.5, 10, 0.1, 0.0);
    free(histogram_of(f.e, &d.grid, &census));
    ck_assert_uint_eq(census.absorbed[0][1], 10);
    land(&f);
    f = fly("0", "0", &d, -1.25, 10, 0.1, 0.0);
    fk_ensemble_states(f.e, 9, 1, &x);
    ck_assert_double_eq(x, -0.75);
    land(&f);
}
END_TEST

/* Periodic along x, reflecting along y, absorbing along z: each does its own. */
START_TEST(axes_mind_their_own_faces)
{
    enum { N = 20000 };
    const double t = 0.5, h = 1.0 / 64.0;
    fk_domain d = box(3, (double[]){0.0, 0.0, -1.0}, (double[]){1.0, 1.0, 1.0},
                      (size_t[]){5, 5, 5}, FK_PERIODIC);
    d.face[1][0] = d.face[1][1] = FK_REFLECTING;
    d.face[2][0] = d.face[2][1] = FK_ABSORBING;
    fk_sde *sde = sde_text(FK_ITO, 3, 3, "x; y; z", "2; 0; 0", "1;0;0;0;1;0;0;0;1");
    fk_law *law = normal_law(3, (double[]){0.5, 0.5, 0.0}, (double[]){0.0, 0.0, 0.0});
    const fk_ensemble_options o = euler_options(N, h, 22);
    fk_ensemble *e = ensemble(sde, &d, law, &o);
    advance(e, t);
    fk_census census;
    free(histogram_of(e, &d.grid, &census));
    const double p = survival(1.0 + 0.5825971579 * sqrt(h), t);
    assert_sigmas((double)census.inside / N, p, sqrt(p * (1.0 - p) / N) + h / 4.0);
    ck_assert_uint_eq(census.outside, 0);
    for (size_t i = 0; i < 2; i++)
        ck_assert_uint_eq(census.absorbed[i][0] + census.absorbed[i][1], 0);

    double mean[3], cov[9], fourth[3]; /* nearly uniform along x and y by now */
    uint64_t alive;
    fk_ensemble_moments(e, mean, cov, fourth, &alive);
    ck_assert_uint_eq(alive, census.inside);
    for (size_t i = 0; i < 2; i++)
        assert_sigmas(mean[i], 0.5, sqrt(1.0 / 12.0 / (double)alive));
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("boundary");
    TCase *block = tcase_create("block"), *laws = tcase_create("laws");
    tcase_add_test(block, two_walls_fold_like_mirrors);
    tcase_add_test(block, periodic_faces_wrap);
    tcase_add_test(block, one_wall_mirrors_and_the_other_side_is_free);
    tcase_add_test(block, fold_leaves_alone_what_it_must);
    tcase_add_test(block, first_face_on_the_line_absorbs);
    tcase_add_test(block, infinity_is_not_absorbed);
    tcase_add_test(laws, walls_fold_brownian_motion_exactly);
    tcase_add_test(laws, circle_wraps_brownian_motion_exactly);
    tcase_add_test(laws, absorption_sees_faces_shifted_by_the_overshoot);
    tcase_add_test(laws, exits_split_like_a_martingale);
    tcase_add_test(laws, open_faces_are_free_space);
    tcase_add_test(laws, starts_obey_the_faces);
    tcase_add_test(laws, axes_mind_their_own_faces);
    suite_add_tcase(suite, block);
    suite_add_tcase(suite, laws);
    return run_suite(suite);
}
