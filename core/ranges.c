#include "core/ranges.h"

#include <stdlib.h>

static bool read_number(const char **text, size_t below, size_t *number)
{
    char *end;
    if (**text < '0' || **text > '9')
        return false;
    const unsigned long long value = strtoull(*text, &end, 10);
    *text = end;
    *number = (size_t)value;
    return value < below;
}

bool fk_ranges_next(const char **text, size_t below, size_t *from, size_t *to)
{
    if (!read_number(text, below, from))
        return false;
    *to = *from;
    if (**text == '-') {
        (*text)++;
        if (!read_number(text, below, to) || *to < *from)
            return false;
    }
    if (**text == ',' && (*text)[1] != '\0')
        (*text)++;
    else if (**text != '\0')
        return false;
    return true;
}

size_t fk_ranges_count(const char *text, size_t below)
{
    size_t from, to, n = 0;
    while (*text != '\0') {
        if (!fk_ranges_next(&text, below, &from, &to))
            return 0;
        n += to - from + 1;
    }
    return n;
}
