#include "core/json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>

#include "core/utf8.h"

fk_json fk_json_begin(FILE *out)
{
    return (fk_json){.out = out, .empty = true};
}

static void character(FILE *out, const char *c, size_t length)
{
    const unsigned char first = (unsigned char)c[0];
    if (length == 0)
        fputs(FK_UTF8_REPLACEMENT, out);
    else if (first == '"' || first == '\\')
        fprintf(out, "\\%c", first);
    else if (first == '\n')
        fputs("\\n", out);
    else if (first == '\t')
        fputs("\\t", out);
    else if (first < 0x20 || first == 0x7f)
        fprintf(out, "\\u%04x", first);
    else
        fwrite(c, 1, length, out);
}

static void quoted(FILE *out, const char *text)
{
    fputc('"', out);
    while (*text != '\0') {
        const size_t length = fk_utf8_length(text);
        character(out, text, length);
        text += length > 0 ? length : 1;
    }
    fputc('"', out);
}

/* Comma, new line, indentation and key: all that precedes a value. */
static void lead(fk_json *j, const char *key)
{
    assert((key != NULL) == (j->depth > 0 && j->close[j->depth - 1] == '}'));
    if (j->depth > 0)
        fprintf(j->out, "%s\n%*s", j->empty ? "" : ",", (int)(2 * j->depth), "");
    if (key != NULL) {
        quoted(j->out, key);
        fputs(": ", j->out);
    }
    j->empty = false;
}

static void open_bracket(fk_json *j, const char *key, char open, char close)
{
    assert(j->depth < FK_JSON_DEPTH);
    lead(j, key);
    fputc(open, j->out);
    j->close[j->depth++] = close;
    j->empty = true;
}

void fk_json_object(fk_json *j, const char *key)
{
    open_bracket(j, key, '{', '}');
}

void fk_json_array(fk_json *j, const char *key)
{
    open_bracket(j, key, '[', ']');
}

void fk_json_end(fk_json *j)
{
    assert(j->depth > 0);
    j->depth--;
    if (!j->empty)
        fprintf(j->out, "\n%*s", (int)(2 * j->depth), "");
    fputc(j->close[j->depth], j->out);
    if (j->depth == 0)
        fputc('\n', j->out);
    j->empty = false;
}

static void number(FILE *out, double value)
{
    if (isfinite(value))
        fprintf(out, "%.17g", value);
    else
        fputs("null", out);
}

void fk_json_number(fk_json *j, const char *key, double value)
{
    lead(j, key);
    number(j->out, value);
}

void fk_json_integer(fk_json *j, const char *key, uint64_t value)
{
    lead(j, key);
    fprintf(j->out, "%" PRIu64, value);
}

void fk_json_bool(fk_json *j, const char *key, bool value)
{
    lead(j, key);
    fputs(value ? "true" : "false", j->out);
}

void fk_json_null(fk_json *j, const char *key)
{
    lead(j, key);
    fputs("null", j->out);
}

void fk_json_text(fk_json *j, const char *key, const char *text)
{
    if (text == NULL) {
        fk_json_null(j, key);
        return;
    }
    lead(j, key);
    quoted(j->out, text);
}

void fk_json_numbers(fk_json *j, const char *key, size_t n, const double *value)
{
    lead(j, key);
    fputc('[', j->out);
    for (size_t i = 0; i < n; i++) {
        fputs(i > 0 ? ", " : "", j->out);
        number(j->out, value[i]);
    }
    fputc(']', j->out);
}
