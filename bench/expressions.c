/* Compiled expressions beside the same formula in C: ns per point, one core, on blocks
 * that stay in the first-level cache. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/stopwatch.h"
#include "core/memory.h"
#include "core/program.h"

enum { TURNS = 20000, RUNS = 7 };

static double *x, *y, *out;

/* The floor: loops that a person would write for this one formula. */
FK_CLONES static void cubic_by_hand(void)
{
    const double *restrict u = x;
    double *restrict f = out;
    for (size_t j = 0; j < FK_BLOCK; j++)
        f[j] = u[j] - u[j] * u[j] * u[j];
}

FK_CLONES static void oscillator_by_hand(void)
{
    const double *restrict u = x, *restrict v = y;
    double *restrict f = out;
    for (size_t j = 0; j < FK_BLOCK; j++)
        f[j] = 1.5 * (1.0 - u[j] * u[j]) * v[j] - u[j];
}

static void wave_by_hand(void)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        out[j] = exp(-(x[j] * x[j] + y[j] * y[j]) / 2.0) * sin(3.0 * x[j]) + tanh(y[j]);
}

typedef struct formula {
    const char *text;
    void (*by_hand)(void);
} formula;

typedef struct compiled {
    fk_program *program;
    double *scratch;
} compiled;

static void run_program(void *context)
{
    const compiled *c = context;
    const double *const in[] = {x, y};
    double *const to[] = {out};
    for (int i = 0; i < TURNS; i++)
        fk_program_run(c->program, 0.5, in, to, c->scratch);
}

static void run_by_hand(void *context)
{
    const formula *f = context;
    for (int i = 0; i < TURNS; i++)
        f->by_hand();
}

static void fail(const char *what)
{
    fprintf(stderr, "bench/expressions: %s\n", what);
    exit(EXIT_FAILURE);
}

static void measure(fk_expr_pool *pool, formula *f)
{
    const fk_expr *variable[] = {fk_expr_symbol(pool, "x"), fk_expr_symbol(pool, "y")};
    const fk_expr_name name[] = {{"x", NULL}, {"y", NULL}};
    const fk_binding binding = {.dim = 2, .variable = variable};
    const fk_expr *e;
    fk_expr_error error;
    compiled c;
    if (fk_expr_parse(pool, f->text, name, 2, &e, &error) != FK_OK)
        fail(error.text);
    if (fk_program_new(1, &e, &binding, &c.program) != FK_OK)
        fail("cannot compile");
    c.scratch = fk_doubles(fk_program_scratch(c.program));
    if (c.scratch == NULL)
        fail("out of memory");
    const double points = (double)TURNS * FK_BLOCK;
    const double ours = 1e9 * stopwatch(RUNS, run_program, &c) / points;
    const double hand = 1e9 * stopwatch(RUNS, run_by_hand, f) / points;
    printf("  %-42s %8.3f %10.3f %8.2f\n", f->text, ours, hand, ours / hand);
    free(c.scratch);
    fk_program_free(c.program);
}

int main(void)
{
    formula formulas[] = {
        {"x - x^3", cubic_by_hand},
        {"1.5*(1 - x^2)*y - x", oscillator_by_hand},
        {"exp(-(x^2+y^2)/2)*sin(3*x) + tanh(y)", wave_by_hand},
    };
    fk_expr_pool *pool;
    if (fk_expr_pool_new(&pool) != FK_OK)
        fail("out of memory");
    x = fk_doubles(FK_BLOCK);
    y = fk_doubles(FK_BLOCK);
    out = fk_doubles(FK_BLOCK);
    if (x == NULL || y == NULL || out == NULL)
        fail("out of memory");
    for (size_t j = 0; j < FK_BLOCK; j++) {
        x[j] = -2.0 + (double)j / 64.0;
        y[j] = 1.0 - (double)j / 128.0;
    }
    printf("expressions, one core          ns/point:   fokker   C by hand    ratio\n");
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++)
        measure(pool, &formulas[i]);
    free(x);
    free(y);
    free(out);
    fk_expr_pool_free(pool);
    return EXIT_SUCCESS;
}
