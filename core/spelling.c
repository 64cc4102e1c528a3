#include "core/spelling.h"

#include <ctype.h>
#include <string.h>

enum { LONGEST = 63 };

static int lower(char c)
{
    return tolower((unsigned char)c);
}

static size_t min2(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* d(i, j) = distance of the first i letters of a to the first j of b */
size_t fk_spelling_distance(const char *a, const char *b)
{
    const size_t na = strnlen(a, LONGEST), nb = strnlen(b, LONGEST);
    size_t d[LONGEST + 1][LONGEST + 1];
    for (size_t i = 0; i <= na; i++)
        d[i][0] = i;
    for (size_t j = 0; j <= nb; j++)
        d[0][j] = j;
    for (size_t i = 1; i <= na; i++)
        for (size_t j = 1; j <= nb; j++) {
            const size_t change = lower(a[i - 1]) != lower(b[j - 1]);
            d[i][j] =
                min2(d[i - 1][j - 1] + change, min2(d[i - 1][j], d[i][j - 1]) + 1);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1]))
                d[i][j] = min2(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[na][nb];
}

const char *fk_spelling_nearest(const char *word, size_t n,
                                const char *const *candidate)
{
    const char *nearest = NULL;
    size_t least = strlen(word) / 3 + 2; /* one more than may be wrong */
    for (size_t i = 0; i < n; i++) {
        const size_t d = fk_spelling_distance(word, candidate[i]);
        if (d < least && d < strlen(candidate[i])) {
            nearest = candidate[i];
            least = d;
        }
    }
    return nearest;
}
