/* Elementary functions over blocks of FK_BLOCK numbers, with the same bits on every
 * machine: SLEEF's deterministic functions, of the widest vectors that the processor has.
 * Within one unit in the last place; cbrt, tanh and erfc within 1.5.  [shibata-petrogalli-2020] */
#ifndef FK_CORE_ELEMENTARY_H
#define FK_CORE_ELEMENTARY_H

#include <stddef.h>

#include "core/block.h"

/* kind, name, what SLEEF calls its accuracy */
#define FK_ELEMENTARY_OF_ONE(X) \
    X(EXP, exp, u10)            \
    X(LOG, log, u10)            \
    X(LOG10, log10, u10)        \
    X(LOG2, log2, u10)          \
    X(SIN, sin, u10)            \
    X(COS, cos, u10)            \
    X(TAN, tan, u10)            \
    X(ASIN, asin, u10)          \
    X(ACOS, acos, u10)          \
    X(ATAN, atan, u10)          \
    X(SINH, sinh, u10)          \
    X(COSH, cosh, u10)          \
    X(TANH, tanh, u10)          \
    X(ASINH, asinh, u10)        \
    X(ACOSH, acosh, u10)        \
    X(ATANH, atanh, u10)        \
    X(CBRT, cbrt, u10)          \
    X(ERF, erf, u10)            \
    X(ERFC, erfc, u15)

#define FK_ELEMENTARY_OF_TWO(X) \
    X(POW, pow, u10)            \
    X(ATAN2, atan2, u10)        \
    X(HYPOT, hypot, u05)

typedef enum fk_elementary {
#define FK_ELEMENTARY_ENUM(kind, name, accuracy) FK_ELEMENTARY_##kind,
    FK_ELEMENTARY_OF_ONE(FK_ELEMENTARY_ENUM) FK_ELEMENTARY_OF_TWO(FK_ELEMENTARY_ENUM)
#undef FK_ELEMENTARY_ENUM
        FK_ELEMENTARY_KINDS
} fk_elementary;

/* to[FK_BLOCK] = f(a), or f(a, b); `to` may be a or b.  b is not read by functions of one. */
typedef void fk_block_function(const double *a, const double *b, double *to);

/* The widest version that this machine can run. */
fk_block_function *fk_elementary_loop(fk_elementary f);

/* All that it can run, narrowest first; how many. */
enum { FK_ELEMENTARY_VERSIONS = 3 };
size_t fk_elementary_versions(fk_elementary f,
                              fk_block_function *version[FK_ELEMENTARY_VERSIONS]);

#endif
