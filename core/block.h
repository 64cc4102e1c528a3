/* The unit of vectorised work: FK_BLOCK points or particles at a time, always full
 * and padded where there are fewer, so that no value depends on where a loop's tail
 * falls.  A few arrays of this length fit the first-level cache together. */
#ifndef FK_CORE_BLOCK_H
#define FK_CORE_BLOCK_H

enum { FK_BLOCK = 256 };

/* A hot loop's function, compiled for several instruction sets, the best one chosen
 * when the program starts.  With -ffp-contract=off and no reassociation each version
 * rounds alike: the digits do not depend on the machine. */
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && \
    !defined(__clang__) && !defined(FK_NO_CLONES)
#define FK_CHOOSES_AT_START
#define FK_CLONES \
    __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define FK_CLONES
#endif

#endif
