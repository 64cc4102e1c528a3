/* JSON (RFC 8259), written as it comes, indented.  Members appear in the order of the
 * calls:
 *
 *     fk_json j = fk_json_begin(out);
 *     fk_json_object(&j, NULL);
 *     fk_json_number(&j, "l1", 0.0081);
 *     fk_json_array(&j, "at");
 *     fk_json_number(&j, NULL, 1.5);
 *     fk_json_end(&j);
 *     fk_json_end(&j);
 *
 * Write errors stay with the FILE: ask ferror() at the end. */
#ifndef FK_CORE_JSON_H
#define FK_CORE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { FK_JSON_DEPTH = 32 }; /* the deepest nesting */

typedef struct fk_json {
    FILE *out;
    size_t depth;
    char close[FK_JSON_DEPTH]; /* bracket that ends each open object or array */
    bool empty;                /* nothing yet in the innermost one */
} fk_json;

fk_json fk_json_begin(FILE *out);

/* key: NULL inside arrays and for the outermost value, the member's name otherwise. */
void fk_json_object(fk_json *j, const char *key);
void fk_json_array(fk_json *j, const char *key);
void fk_json_end(fk_json *j); /* the innermost object or array */

void fk_json_number(fk_json *j, const char *key, double value); /* null if not finite */
void fk_json_integer(fk_json *j, const char *key, uint64_t value);
void fk_json_bool(fk_json *j, const char *key, bool value);
void fk_json_null(fk_json *j, const char *key);

/* Quotes, backslashes and control characters are escaped, bytes that are no UTF-8
 * become U+FFFD; NULL is null. */
void fk_json_text(fk_json *j, const char *key, const char *text);

/* [v0, v1, ...] on one line. */
void fk_json_numbers(fk_json *j, const char *key, size_t n, const double *value);

#endif
