#include "core/utf8.h"

#include <stdbool.h>

static bool follows(unsigned char c)
{
    return (c & 0xc0u) == 0x80u;
}

size_t fk_utf8_length(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    if (c[0] == 0)
        return 0;
    if (c[0] < 0x80)
        return 1;
    if (c[0] >= 0xc2 && c[0] <= 0xdf)
        return follows(c[1]) ? 2 : 0;
    if (c[0] >= 0xe0 && c[0] <= 0xef) {
        const bool overlong = c[0] == 0xe0 && c[1] < 0xa0;
        const bool surrogate = c[0] == 0xed && c[1] > 0x9f;
        return follows(c[1]) && !overlong && !surrogate && follows(c[2]) ? 3 : 0;
    }
    if (c[0] >= 0xf0 && c[0] <= 0xf4) {
        const bool overlong = c[0] == 0xf0 && c[1] < 0x90;
        const bool beyond = c[0] == 0xf4 && c[1] > 0x8f;
        return follows(c[1]) && !overlong && !beyond && follows(c[2]) && follows(c[3])
                   ? 4
                   : 0;
    }
    return 0;
}
