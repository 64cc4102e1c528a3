/* The nearest right name for a wrong one, for error messages. */
#ifndef FK_CORE_SPELLING_H
#define FK_CORE_SPELLING_H

#include <stddef.h>

/* Fewest insertions, deletions, changes and swaps of neighbours (case changes are
 * free) that lead from one word to the other [damerau-1964]; words beyond 63 bytes are
 * cut there. */
size_t fk_spelling_distance(const char *a, const char *b);

/* The candidate nearest to the word, the first of equals; NULL if none is near enough
 * to be meant (more than a third of the word's letters wrong). */
const char *fk_spelling_nearest(const char *word, size_t n,
                                const char *const *candidate);

#endif
