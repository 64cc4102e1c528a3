/* Private to plots/.
 * What the parts of the formula printer share: the text that is read and the text that is
 * made (tex_text.c), structures such as fractions and fences (tex_structure.c), and items
 * with their scripts (tex.c). */
#ifndef FK_PLOTS_TEX_PARTS_H
#define FK_PLOTS_TEX_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "plots/tex.h"

enum { FK_TEX_NAME = 32, FK_TEX_WORD = 128 };

/* What is made before a mark is known to matter (a fraction's numerator, a base with a
 * superscript) is wrapped later, by insertion. */
typedef struct fk_tex_printer {
    const char *at;
    fk_tex_style style;
    char *text;
    size_t n, room;
    int depth;
    fk_status status; /* the first failure */
    fk_message *message;
} fk_tex_printer;

static inline bool fk_tex_marked(const fk_tex_printer *p)
{
    return p->style == FK_TEX_MATHML;
}

/* ---- tex_text.c ---- */

void fk_tex_insert(fk_tex_printer *p, size_t place, const char *text);
void fk_tex_put(fk_tex_printer *p, const char *text);

/* <tag>text</tag>, the text escaped; the text alone in plain style. */
void fk_tex_put_tagged(fk_tex_printer *p, const char *tag, const char *text);

/* In plain text, brackets around what was written since `from`; blanks off its end. */
void fk_tex_bracket(fk_tex_printer *p, size_t from);
void fk_tex_trim(fk_tex_printer *p, size_t from);

void fk_tex_refuse(fk_tex_printer *p, const char *what, const char *word);
void fk_tex_skip_blanks(fk_tex_printer *p);

/* The name behind a backslash: letters, or one other sign. */
void fk_tex_read_name(fk_tex_printer *p, char name[FK_TEX_NAME]);

/* The bytes between braces as they stand. */
void fk_tex_read_verbatim(fk_tex_printer *p, char text[FK_TEX_WORD]);

/* ---- tex_structure.c: false if the name is none ---- */

bool fk_tex_structure(fk_tex_printer *p, const char *name);

/* ---- tex.c ---- */

void fk_tex_item(fk_tex_printer *p);

/* A group in braces, or one item; how many items. */
size_t fk_tex_group(fk_tex_printer *p);

/* Items with their scripts up to the sign or command `end`, which is taken; NULL: up to the
 * end of the text.  How many there are. */
size_t fk_tex_list(fk_tex_printer *p, const char *end);

#endif
