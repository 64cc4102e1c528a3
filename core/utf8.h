/* Text from outside: bytes that may or may not be UTF-8. */
#ifndef FK_CORE_UTF8_H
#define FK_CORE_UTF8_H

#include <stddef.h>

/* Bytes (1 to 4) of the UTF-8 character that the text begins with; 0 if it begins with
 * none: a stray or cut byte sequence, an overlong form, a surrogate, or NUL. */
size_t fk_utf8_length(const char *text);

/* U+FFFD, to stand for a byte that is no UTF-8. */
#define FK_UTF8_REPLACEMENT "\xef\xbf\xbd"

#endif
