/* The text that a formula becomes, and the smallest pieces of the one that is read. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "plots/tex_parts.h"

void fk_tex_insert(fk_tex_printer *p, size_t place, const char *text)
{
    const size_t length = strlen(text);
    if (p->status != FK_OK)
        return;
    if (p->n + length + 1 > p->room) {
        const size_t room = 2 * (p->n + length) + 64;
        char *larger = realloc(p->text, room);
        if (larger == NULL) {
            p->status = fk_fail(p->message, FK_ENOMEM, "no memory for a formula");
            return;
        }
        p->text = larger;
        p->room = room;
    }
    memmove(p->text + place + length, p->text + place, p->n - place);
    memcpy(p->text + place, text, length);
    p->n += length;
    p->text[p->n] = '\0';
}

void fk_tex_put(fk_tex_printer *p, const char *text)
{
    fk_tex_insert(p, p->n, text);
}

/* <tag>text</tag>, the text escaped; the text alone in plain style. */
void fk_tex_put_tagged(fk_tex_printer *p, const char *tag, const char *text)
{
    const char *safe = strcmp(text, "<") == 0   ? "&lt;"
                       : strcmp(text, ">") == 0 ? "&gt;"
                       : strcmp(text, "&") == 0 ? "&amp;"
                                                : text;
    if (!fk_tex_marked(p)) {
        fk_tex_put(p, text);
        return;
    }
    fk_tex_put(p, "<");
    fk_tex_put(p, tag);
    fk_tex_put(p, ">");
    fk_tex_put(p, safe);
    fk_tex_put(p, "</");
    fk_tex_put(p, tag);
    fk_tex_put(p, ">");
}

void fk_tex_refuse(fk_tex_printer *p, const char *what, const char *word)
{
    if (p->status == FK_OK)
        p->status = fk_fail(p->message, FK_ESYNTAX, "formula: %s%s", what, word);
}

void fk_tex_trim(fk_tex_printer *p, size_t from)
{
    while (p->status == FK_OK && p->n > from && p->text[p->n - 1] == ' ')
        p->text[--p->n] = '\0';
}

/* In plain text, brackets around what was written since `from`. */
void fk_tex_bracket(fk_tex_printer *p, size_t from)
{
    if (fk_tex_marked(p) || p->status != FK_OK)
        return;
    fk_tex_insert(p, from, "(");
    fk_tex_put(p, ")");
}

void fk_tex_skip_blanks(fk_tex_printer *p)
{
    p->at += strspn(p->at, " \n\t");
}

/* The name behind a backslash: letters, or one other sign. */
void fk_tex_read_name(fk_tex_printer *p, char name[FK_TEX_NAME])
{
    size_t n = 0;
    if (isalpha((unsigned char)*p->at)) {
        while (isalpha((unsigned char)*p->at) && n + 1 < FK_TEX_NAME)
            name[n++] = *p->at++;
    } else if (*p->at != '\0') {
        name[n++] = *p->at++;
    }
    name[n] = '\0';
}

/* The bytes between braces as they stand. */
void fk_tex_read_verbatim(fk_tex_printer *p, char text[FK_TEX_WORD])
{
    text[0] = '\0';
    fk_tex_skip_blanks(p);
    const size_t n = *p->at == '{' ? strcspn(p->at + 1, "}") : 0;
    if (*p->at != '{' || p->at[n + 1] != '}' || n >= FK_TEX_WORD) {
        fk_tex_refuse(p, "a word in braces is missing", "");
        return;
    }
    memcpy(text, p->at + 1, n);
    text[n] = '\0';
    p->at += n + 2;
}
