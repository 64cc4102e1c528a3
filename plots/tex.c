#include "plots/tex.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "plots/tex_parts.h"
#include "plots/tex_symbols.h"

enum { DEPTH = 50 };

/* ---- symbols and characters ---- */

static const tex_symbol *find_symbol(const char *name)
{
    for (size_t i = 0; i < TEX_SYMBOLS; i++)
        if (strcmp(tex_symbols[i].name, name) == 0)
            return &tex_symbols[i];
    return NULL;
}

static void print_symbol(fk_tex_printer *p, const tex_symbol *s)
{
    static const char *const tag[] = {
        [TEX_LETTER] = "mi", [TEX_SIGN] = "mo",     [TEX_SPACED] = "mo",
        [TEX_SUM] = "mo",    [TEX_INTEGRAL] = "mo", [TEX_WORD] = "mi",
        [TEX_LIMIT] = "mo",  [TEX_BLANK] = "mtext"};
    const bool apart = !fk_tex_marked(p) && s->kind == TEX_SPACED;
    if (apart && p->n > 0 && p->text[p->n - 1] != ' ')
        fk_tex_put(p, " ");
    if (fk_tex_marked(p) && s->kind == TEX_BLANK)
        fk_tex_put(p, strlen(s->text) > 1 ? "<mspace width=\"1em\"/>"
                                          : "<mspace width=\"0.2em\"/>");
    else
        fk_tex_put_tagged(p, tag[s->kind], s->text);
    if (!fk_tex_marked(p) && (apart || s->kind == TEX_WORD || s->kind == TEX_LIMIT))
        fk_tex_put(p, " ");
}

/* What follows a backslash; the kind of symbol it was. */
static tex_kind print_command(fk_tex_printer *p)
{
    char name[FK_TEX_NAME];
    fk_tex_read_name(p, name);
    if (fk_tex_structure(p, name))
        return TEX_LETTER;
    const tex_symbol *s = find_symbol(name);
    if (s == NULL) {
        fk_tex_refuse(p, "there is no command \\", name);
        return TEX_LETTER;
    }
    print_symbol(p, s);
    return s->kind;
}

/* Digits and a point as one number, any other character alone. */
static void print_character(fk_tex_printer *p)
{
    char text[FK_TEX_NAME];
    size_t n = strspn(p->at, "0123456789.");
    const bool number = isdigit((unsigned char)*p->at) != 0 && n < sizeof text;
    if (!number)
        n = fk_utf8_length(p->at) > 0 ? fk_utf8_length(p->at) : 1;
    memcpy(text, p->at, n);
    text[n] = '\0';
    p->at += n;
    if (!fk_tex_marked(p) && strcmp(text, "=") == 0 && p->n > 0 &&
        p->text[p->n - 1] != ' ')
        fk_tex_put(p, " ");
    fk_tex_put_tagged(p,
                      number                            ? "mn"
                      : isalpha((unsigned char)text[0]) ? "mi"
                                                        : "mo",
                      strcmp(text, "-") == 0   ? "−"
                      : strcmp(text, "'") == 0 ? "′"
                                               : text);
    if (!fk_tex_marked(p) && strcmp(text, "=") == 0)
        fk_tex_put(p, " ");
}

/* ---- subscripts and superscripts ---- */

static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};

/* Plain text: one digit is raised, anything else stands behind its mark. */
static void mark_plain(fk_tex_printer *p, size_t from, char mark, size_t items)
{
    const char word[] = {mark, '\0'};
    fk_tex_trim(p, from);
    if (p->status != FK_OK)
        return;
    if (mark == '^' && p->n == from + 1 && isdigit((unsigned char)p->text[from])) {
        const char digit = p->text[from];
        p->n = from;
        fk_tex_put(p, raised[digit - '0']);
        return;
    }
    if (items > 1)
        fk_tex_bracket(p, from);
    fk_tex_insert(p, from, word);
}

/* The elements that hold a base with what stands below it, above it, or both. */
static const char *script_tag(bool below, bool above, bool limits)
{
    if (below && above)
        return limits ? "munderover" : "msubsup";
    if (below)
        return limits ? "munder" : "msub";
    return limits ? "mover" : "msup";
}

/* Subscript, then superscript, of what was written since `base`. */
static void print_scripts(fk_tex_printer *p, size_t base, tex_kind kind)
{
    bool there[2] = {false, false};
    for (size_t k = 0; k < 2; k++) {
        const char *next = p->at + strspn(p->at, " ");
        if (*next != "_^"[k])
            continue;
        p->at = next + 1;
        there[k] = true;
        if (!fk_tex_marked(p))
            fk_tex_trim(p, base);
        const size_t from = p->n, items = fk_tex_group(p);
        if (!fk_tex_marked(p))
            mark_plain(p, from, "_^"[k], items);
    }
    if (!there[0] && !there[1])
        return;
    if (!fk_tex_marked(p)) {
        if (kind == TEX_SUM || kind == TEX_LIMIT || kind == TEX_INTEGRAL)
            fk_tex_put(p, " ");
        return;
    }
    const char *tag =
        script_tag(there[0], there[1], kind == TEX_SUM || kind == TEX_LIMIT);
    fk_tex_insert(p, base, ">");
    fk_tex_insert(p, base, tag);
    fk_tex_insert(p, base, "<");
    fk_tex_put(p, "</");
    fk_tex_put(p, tag);
    fk_tex_put(p, ">");
}

/* ---- items ---- */

void fk_tex_item(fk_tex_printer *p)
{
    fk_tex_skip_blanks(p);
    if (*p->at == '\\') {
        p->at++;
        print_command(p);
    } else if (*p->at == '{') {
        fk_tex_group(p);
    } else if (*p->at == '\0') {
        fk_tex_refuse(p, "it ends where something is due", "");
    } else {
        print_character(p);
    }
}

/* Whether the text begins with this sign or command, and not with a longer command. */
static bool stands(const char *at, const char *word)
{
    const size_t n = strlen(word);
    return strncmp(at, word, n) == 0 &&
           !(isalpha((unsigned char)word[n - 1]) && isalpha((unsigned char)at[n]));
}

/* A blank of the source is one of plain text, but for those inside brackets. */
static void print_blank(fk_tex_printer *p)
{
    if (fk_tex_marked(p) || p->status != FK_OK || p->n == 0 ||
        strchr(" ([", p->text[p->n - 1]) != NULL || strchr(")],.", *p->at) != NULL ||
        stands(p->at, "\\right"))
        return;
    fk_tex_put(p, " ");
}

static void print_scripted(fk_tex_printer *p)
{
    const size_t base = p->n;
    tex_kind kind = TEX_LETTER;
    if (*p->at == '\\') {
        p->at++;
        kind = print_command(p);
    } else {
        fk_tex_item(p);
    }
    print_scripts(p, base, kind);
}

/* A group in braces, or one item; how many items. */
size_t fk_tex_group(fk_tex_printer *p)
{
    fk_tex_skip_blanks(p);
    if (*p->at != '{') {
        fk_tex_item(p);
        return 1;
    }
    p->at++;
    if (fk_tex_marked(p))
        fk_tex_put(p, "<mrow>");
    const size_t n = fk_tex_list(p, "}");
    if (fk_tex_marked(p))
        fk_tex_put(p, "</mrow>");
    return n;
}

/* Items with their scripts up to `end`, which is taken; NULL: up to the end of the text.
 * How many there are. */
size_t fk_tex_list(fk_tex_printer *p, const char *end)
{
    size_t n = 0;
    if (++p->depth > DEPTH)
        fk_tex_refuse(p, "it is nested too deep", "");
    for (; p->status == FK_OK; n++) {
        const bool blank = *p->at == ' ' && n > 0;
        fk_tex_skip_blanks(p);
        if (end != NULL && stands(p->at, end)) {
            p->at += strlen(end);
            break;
        }
        if (*p->at == '\0') {
            if (end != NULL)
                fk_tex_refuse(p, "an end is missing: ", end);
            break;
        }
        if (strchr("_^}", *p->at) != NULL)
            fk_tex_refuse(p, "out of place: ", p->at);
        if (blank)
            print_blank(p);
        print_scripted(p);
    }
    p->depth--;
    return n;
}

fk_status fk_tex_print(const char *tex, fk_tex_style style, char **out,
                       fk_message *message)
{
    fk_tex_printer p = {.at = tex, .style = style, .status = FK_OK, .message = message};
    *out = NULL;
    fk_tex_put(&p, "");
    if (fk_tex_marked(&p))
        fk_tex_put(&p, "<mrow>");
    fk_tex_list(&p, NULL);
    if (fk_tex_marked(&p))
        fk_tex_put(&p, "</mrow>");
    if (p.status != FK_OK) {
        free(p.text);
        return p.status;
    }
    *out = p.text;
    return FK_OK;
}
