/* Lists of whole numbers and of ranges of them, such as "0-9,17". */
#ifndef FK_CORE_RANGES_H
#define FK_CORE_RANGES_H

#include <stdbool.h>
#include <stddef.h>

/* The next range of a list, *from to *to, and *text behind it; false at anything that is
 * none with numbers below `below`. */
bool fk_ranges_next(const char **text, size_t below, size_t *from, size_t *to);

/* How many numbers a list has; 0 if it is none. */
size_t fk_ranges_count(const char *text, size_t below);

#endif
