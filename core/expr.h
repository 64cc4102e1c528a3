/* Expressions: parsed from text, simplified, differentiated exactly, printed, and
 * compiled to programs that work on blocks of points at SIMD speed.
 *
 *     drift = fk_expr_parse(pool, "x - x^3", ...)          one DAG, shared nodes
 *     fk_expr_diff(pool, drift, x)                         1 - 3*x^2
 *     fk_program_new(1, &drift, ...)  fk_program_run(...)  f[FK_BLOCK] from x[FK_BLOCK]
 *
 * Grammar, loosest first: a conditional `c ? u : v`; `||`; `&&`; comparisons
 * `< <= > >= == !=` (1 or 0); `+ -`; `* /`; unary `-` and `!`; powers `^` or `**`, to
 * the right, tighter than unary minus (-x^2 is -(x^2)); calls, names, numbers,
 * parentheses.  Constants pi and e.  Functions: see fk_expr_functions().
 * diff(u, x) is the derivative, taken when the text is read.  mean(u), var(u) and cov(u, v)
 * are those of the law of the process itself, conv(K) is a convolution with it.
 *
 * Nodes live in a pool, are immutable and unique: equal expressions are the same
 * pointer.  Everything built is simplified and in a canonical order that depends on
 * the text alone, so the same problem always gives the same digits.
 * A pool is not safe for use by several threads at once; programs are. */
#ifndef FK_CORE_EXPR_H
#define FK_CORE_EXPR_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

typedef struct fk_expr_pool fk_expr_pool;
typedef struct fk_expr fk_expr; /* a node; owned by its pool */

FK_NODISCARD fk_status fk_expr_pool_new(fk_expr_pool **out);
void fk_expr_pool_free(fk_expr_pool *pool); /* with all its nodes; accepts NULL */

/* True once a node could not be allocated; constructors then return a constant NaN
 * node that is always there, so that long formulas need one test at their end. */
bool fk_expr_pool_exhausted(const fk_expr_pool *pool);

/* A symbol: two calls with one name give one node.  Names: [A-Za-z_][A-Za-z0-9_]*. */
const fk_expr *fk_expr_symbol(fk_expr_pool *pool, const char *name);
const fk_expr *fk_expr_number(fk_expr_pool *pool, double value);

/* Builders; all simplify. */
const fk_expr *fk_expr_add(fk_expr_pool *pool, const fk_expr *a, const fk_expr *b);
const fk_expr *fk_expr_sub(fk_expr_pool *pool, const fk_expr *a, const fk_expr *b);
const fk_expr *fk_expr_mul(fk_expr_pool *pool, const fk_expr *a, const fk_expr *b);
const fk_expr *fk_expr_div(fk_expr_pool *pool, const fk_expr *a, const fk_expr *b);
const fk_expr *fk_expr_pow(fk_expr_pool *pool, const fk_expr *a, const fk_expr *b);
const fk_expr *fk_expr_neg(fk_expr_pool *pool, const fk_expr *a);

/* (K p)(x) = int K(x - y) p(y) dy over the density p of the process: the kernel's symbols
 * are displacements in the kernel and the point x outside.  Derivatives are those of the
 * kernel, piece by piece; substitution leaves it alone. */
const fk_expr *fk_expr_convolution(fk_expr_pool *pool, const fk_expr *kernel);

/* <e> and <(e - <e>) (f - <f>)> under the law of the process that the expression helps to
 * describe.  They bind the symbols in e: the result depends on none, derivatives are 0,
 * substitution leaves it alone. */
const fk_expr *fk_expr_mean(fk_expr_pool *pool, const fk_expr *e);
const fk_expr *fk_expr_covariance(fk_expr_pool *pool, const fk_expr *e,
                                  const fk_expr *f);

/* What a name in a text may mean: a symbol, or a definition (the expression put in
 * its place).  value == NULL: the symbol of that name. */
typedef struct fk_expr_name {
    const char *name;
    const fk_expr *value;
} fk_expr_name;

/* Where and why a text was refused. */
typedef struct fk_expr_error {
    size_t offset;  /* byte of the text the message is about, from 0 */
    char text[256]; /* e.g. "unknown name 'sigm'; did you mean 'sigma'?" */
} fk_expr_error;

/* Any bytes are safe, NUL ends the text.  Only the given names (and functions and
 * constants) are known.  FK_ESYNTAX fills *error; nesting is limited to 200. */
FK_NODISCARD fk_status fk_expr_parse(fk_expr_pool *pool, const char *text,
                                     const fk_expr_name *names, size_t n_names,
                                     const fk_expr **out, fk_expr_error *error);

/* Exact derivative with respect to a symbol.  Those of abs, sign, min, max, step and
 * conditionals are taken piecewise; what sits on the seam is not represented.  A
 * function without a derivative here (none today) would give NaN. */
const fk_expr *fk_expr_diff(fk_expr_pool *pool, const fk_expr *e,
                            const fk_expr *symbol);

/* e with each symbol from[i] replaced by to[i], all at once. */
const fk_expr *fk_expr_substitute(fk_expr_pool *pool, const fk_expr *e, size_t n,
                                  const fk_expr *const *from, const fk_expr *const *to);

/* Products of sums multiplied out (integer powers up to 8), like terms collected: two
 * polynomials are equal if and only if their expansions are the same pointer. */
const fk_expr *fk_expr_expand(fk_expr_pool *pool, const fk_expr *e);

bool fk_expr_depends(const fk_expr *e, const fk_expr *symbol);
bool fk_expr_uses_law(const fk_expr *e);  /* has a mean value or a convolution in it */
bool fk_expr_convolves(const fk_expr *e); /* has a convolution */

/* The kernel of an expression that is a convolution. */
const fk_expr *fk_expr_kernel(const fk_expr *convolution);

/* The convolution of a kernel that is a sum of products K(x - y) = sum a(x) b(y) as
 * sum a(x) <b>: polynomials, sines, cosines and exponentials of linear arguments, their
 * sums and products.  NULL for other kernels, and beyond 64 products. */
const fk_expr *fk_expr_separated(fk_expr_pool *pool, const fk_expr *convolution,
                                 size_t dim, const fk_expr *const *variable);
bool fk_expr_is_number(const fk_expr *e, double *value); /* value may be NULL */

/* Value with the n symbols set; other symbols give NaN.  Slow: for single numbers. */
double fk_expr_value(const fk_expr *e, size_t n, const fk_expr *const *symbol,
                     const double *value);

typedef enum fk_expr_style {
    FK_EXPR_TEXT,    /* can be parsed again; numbers in the fewest digits that return */
    FK_EXPR_DISPLAY, /* the same for people, numbers rounded to 12 digits */
    FK_EXPR_MATHML,  /* presentation MathML for people, without the outer <math>; greek
                       names typeset */
} fk_expr_style;

/* The printed form, to be freed by the caller; NULL without memory. */
char *fk_expr_print(const fk_expr *e, fk_expr_style style);

/* Names of all functions with one-line meanings, ended by a NULL name; for help. */
typedef struct fk_expr_function {
    const char *name; /* "atan2" */
    size_t arguments;
    const char *meaning; /* "angle of the point (x, y), given y first" */
} fk_expr_function;
const fk_expr_function *fk_expr_functions(void);

#endif
