#include "plots/tex.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "plots/tex_symbols.h"

enum { NAME = 32, WORD = 128, DEPTH = 50 };

/* The text read and the text made.  What is made before a mark is known to matter (a
 * fraction's numerator, a base with a superscript) is wrapped later, by insertion. */
typedef struct printer {
    const char *at;
    fk_tex_style style;
    char *text;
    size_t n, room;
    int depth;
    fk_status status; /* the first failure */
    fk_message *message;
} printer;

/* ---- writing ---- */

static void insert(printer *p, size_t place, const char *text)
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

static void put(printer *p, const char *text)
{
    insert(p, p->n, text);
}

static bool marked(const printer *p)
{
    return p->style == FK_TEX_MATHML;
}

/* <tag>text</tag>, the text escaped; the text alone in plain style. */
static void put_tagged(printer *p, const char *tag, const char *text)
{
    const char *safe = strcmp(text, "<") == 0   ? "&lt;"
                       : strcmp(text, ">") == 0 ? "&gt;"
                       : strcmp(text, "&") == 0 ? "&amp;"
                                                : text;
    if (!marked(p)) {
        put(p, text);
        return;
    }
    put(p, "<");
    put(p, tag);
    put(p, ">");
    put(p, safe);
    put(p, "</");
    put(p, tag);
    put(p, ">");
}

static void refuse(printer *p, const char *what, const char *word)
{
    if (p->status == FK_OK)
        p->status = fk_fail(p->message, FK_ESYNTAX, "formula: %s%s", what, word);
}

/* ---- reading ---- */

static void skip_blanks(printer *p)
{
    p->at += strspn(p->at, " \n\t");
}

/* The name behind a backslash: letters, or one other sign. */
static void read_name(printer *p, char name[NAME])
{
    size_t n = 0;
    if (isalpha((unsigned char)*p->at)) {
        while (isalpha((unsigned char)*p->at) && n + 1 < NAME)
            name[n++] = *p->at++;
    } else if (*p->at != '\0') {
        name[n++] = *p->at++;
    }
    name[n] = '\0';
}

static size_t print_list(printer *p, const char *end);
static void print_item(printer *p);

/* A group in braces, or one item; how many items. */
static size_t print_group(printer *p)
{
    skip_blanks(p);
    if (*p->at != '{') {
        print_item(p);
        return 1;
    }
    p->at++;
    if (marked(p))
        put(p, "<mrow>");
    const size_t n = print_list(p, "}");
    if (marked(p))
        put(p, "</mrow>");
    return n;
}

/* The bytes between braces as they stand. */
static void read_verbatim(printer *p, char text[WORD])
{
    text[0] = '\0';
    skip_blanks(p);
    const size_t n = *p->at == '{' ? strcspn(p->at + 1, "}") : 0;
    if (*p->at != '{' || p->at[n + 1] != '}' || n >= WORD) {
        refuse(p, "a word in braces is missing", "");
        return;
    }
    memcpy(text, p->at + 1, n);
    text[n] = '\0';
    p->at += n + 2;
}

static void print_verbatim(printer *p, const char *tag)
{
    char text[WORD];
    read_verbatim(p, text);
    put_tagged(p, tag, text);
}

/* A Latin letter of another alphabet of mathematics, which in Unicode begins at a code
 * with its capitals; some stand elsewhere. */
typedef struct alphabet {
    const char *command;
    unsigned capitals, small; /* 0: there are none */
    const char *elsewhere;    /* letters, and in the same order their codes */
    unsigned code[8];
} alphabet;

static const alphabet alphabets[] = {
    {"mathbb",
     0x1d538,
     0,
     "CHNPQRZ",
     {0x2102, 0x210d, 0x2115, 0x2119, 0x211a, 0x211d, 0x2124}},
    {"mathcal",
     0x1d49c,
     0,
     "BEFHILMR",
     {0x212c, 0x2130, 0x2131, 0x210b, 0x2110, 0x2112, 0x2133, 0x211b}},
    {"mathbf", 0x1d400, 0x1d41a, "", {0}},
};

static void print_alphabet(printer *p, const alphabet *a)
{
    char text[WORD], code[NAME];
    read_verbatim(p, text);
    const char *place = text[0] != '\0' ? strchr(a->elsewhere, text[0]) : NULL;
    unsigned letter = 0;
    if (place != NULL)
        letter = a->code[place - a->elsewhere];
    else if (isupper((unsigned char)text[0]))
        letter = a->capitals + (unsigned)(text[0] - 'A');
    else if (islower((unsigned char)text[0]) && a->small != 0)
        letter = a->small + (unsigned)(text[0] - 'a');
    snprintf(code, sizeof code, "&#x%x;", letter);
    put_tagged(p, letter != 0 ? "mi" : "mn", marked(p) && letter != 0 ? code : text);
}

/* In plain text, brackets around what was written since `from`. */
static void bracket(printer *p, size_t from)
{
    if (marked(p) || p->status != FK_OK)
        return;
    insert(p, from, "(");
    put(p, ")");
}

/* Whether plain text since `from` is a sum, a fraction or a relation. */
static bool is_sum(const printer *p, size_t from)
{
    return p->status == FK_OK && (strpbrk(p->text + from, "+/=") != NULL ||
                                  strstr(p->text + from, "−") != NULL);
}

/* Whether it is a differential, d t or ∂ x. */
static bool is_differential(const printer *p, size_t from)
{
    return p->status == FK_OK &&
           (p->text[from] == 'd' || strncmp(p->text + from, "∂", strlen("∂")) == 0);
}

static void print_fraction(printer *p)
{
    if (marked(p))
        put(p, "<mfrac>");
    const size_t over = p->n;
    print_group(p);
    if (is_sum(p, over))
        bracket(p, over);
    if (!marked(p))
        put(p, "/");
    const size_t under = p->n;
    if (print_group(p) > 1 && !is_differential(p, under))
        bracket(p, under);
    put(p, marked(p) ? "</mfrac>" : " ");
}

static void print_root(printer *p)
{
    put(p, marked(p) ? "<msqrt>" : "√");
    const size_t from = p->n;
    if (print_group(p) > 1)
        bracket(p, from);
    if (marked(p))
        put(p, "</msqrt>");
}

typedef struct accent {
    const char *name, *over, *combining;
} accent;

static void print_accent(printer *p, const accent *a)
{
    if (marked(p))
        put(p, "<mover accent=\"true\">");
    print_group(p);
    put(p, marked(p) ? "<mo>" : a->combining);
    if (!marked(p))
        return;
    put(p, a->over);
    put(p, "</mo></mover>");
}

/* \left( ... \right): a bracket that grows; a dot is none. */
static void print_fence(printer *p)
{
    for (int side = 0; side < 2 && p->status == FK_OK; side++) {
        skip_blanks(p);
        if (side == 0 && marked(p))
            put(p, "<mrow>");
        if (*p->at == '.')
            p->at++;
        else if (*p->at != '\0')
            print_item(p);
        if (side == 0)
            print_list(p, "\\right");
        else if (marked(p))
            put(p, "</mrow>");
    }
}

static const tex_symbol *find_symbol(const char *name)
{
    for (size_t i = 0; i < TEX_SYMBOLS; i++)
        if (strcmp(tex_symbols[i].name, name) == 0)
            return &tex_symbols[i];
    return NULL;
}

static void print_symbol(printer *p, const tex_symbol *s)
{
    static const char *const tag[] = {
        [TEX_LETTER] = "mi", [TEX_SIGN] = "mo",     [TEX_SPACED] = "mo",
        [TEX_SUM] = "mo",    [TEX_INTEGRAL] = "mo", [TEX_WORD] = "mi",
        [TEX_LIMIT] = "mo",  [TEX_BLANK] = "mtext"};
    const bool apart = !marked(p) && s->kind == TEX_SPACED;
    if (apart && p->n > 0 && p->text[p->n - 1] != ' ')
        put(p, " ");
    if (marked(p) && s->kind == TEX_BLANK)
        put(p, strlen(s->text) > 1 ? "<mspace width=\"1em\"/>"
                                   : "<mspace width=\"0.2em\"/>");
    else
        put_tagged(p, tag[s->kind], s->text);
    if (!marked(p) && (apart || s->kind == TEX_WORD || s->kind == TEX_LIMIT))
        put(p, " ");
}

static bool print_structure(printer *p, const char *name)
{
    static const accent accents[] = {{"hat", "^", "\xcc\x82"},
                                     {"bar", "¯", "\xcc\x84"},
                                     {"tilde", "~", "\xcc\x83"},
                                     {"dot", "˙", "\xcc\x87"},
                                     {"vec", "→", "\xe2\x83\x97"}};
    for (size_t i = 0; i < sizeof accents / sizeof *accents; i++)
        if (strcmp(name, accents[i].name) == 0) {
            print_accent(p, &accents[i]);
            return true;
        }
    for (size_t i = 0; i < sizeof alphabets / sizeof *alphabets; i++)
        if (strcmp(name, alphabets[i].command) == 0) {
            print_alphabet(p, &alphabets[i]);
            return true;
        }
    if (strcmp(name, "frac") == 0)
        print_fraction(p);
    else if (strcmp(name, "sqrt") == 0)
        print_root(p);
    else if (strcmp(name, "left") == 0)
        print_fence(p);
    else if (strcmp(name, "text") == 0)
        print_verbatim(p, "mtext");
    else if (strcmp(name, "operatorname") == 0 || strcmp(name, "mathrm") == 0)
        print_verbatim(p, "mo");
    else
        return false;
    return true;
}

/* What follows a backslash; the kind of symbol it was. */
static tex_kind print_command(printer *p)
{
    char name[NAME];
    read_name(p, name);
    if (print_structure(p, name))
        return TEX_LETTER;
    const tex_symbol *s = find_symbol(name);
    if (s == NULL) {
        refuse(p, "there is no command \\", name);
        return TEX_LETTER;
    }
    print_symbol(p, s);
    return s->kind;
}

/* Digits and a point as one number, any other character alone. */
static void print_character(printer *p)
{
    char text[NAME];
    size_t n = strspn(p->at, "0123456789.");
    const bool number = isdigit((unsigned char)*p->at) != 0 && n < sizeof text;
    if (!number)
        n = fk_utf8_length(p->at) > 0 ? fk_utf8_length(p->at) : 1;
    memcpy(text, p->at, n);
    text[n] = '\0';
    p->at += n;
    if (!marked(p) && strcmp(text, "=") == 0 && p->n > 0 && p->text[p->n - 1] != ' ')
        put(p, " ");
    put_tagged(p,
               number                            ? "mn"
               : isalpha((unsigned char)text[0]) ? "mi"
                                                 : "mo",
               strcmp(text, "-") == 0   ? "−"
               : strcmp(text, "'") == 0 ? "′"
                                        : text);
    if (!marked(p) && strcmp(text, "=") == 0)
        put(p, " ");
}

/* ---- subscripts and superscripts ---- */

static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};

static void trim(printer *p, size_t from)
{
    while (p->status == FK_OK && p->n > from && p->text[p->n - 1] == ' ')
        p->text[--p->n] = '\0';
}

/* Plain text: one digit is raised, anything else stands behind its mark. */
static void mark_plain(printer *p, size_t from, char mark, size_t items)
{
    const char word[] = {mark, '\0'};
    trim(p, from);
    if (p->status != FK_OK)
        return;
    if (mark == '^' && p->n == from + 1 && isdigit((unsigned char)p->text[from])) {
        const char digit = p->text[from];
        p->n = from;
        put(p, raised[digit - '0']);
        return;
    }
    if (items > 1)
        bracket(p, from);
    insert(p, from, word);
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
static void print_scripts(printer *p, size_t base, tex_kind kind)
{
    bool there[2] = {false, false};
    for (size_t k = 0; k < 2; k++) {
        const char *next = p->at + strspn(p->at, " ");
        if (*next != "_^"[k])
            continue;
        p->at = next + 1;
        there[k] = true;
        if (!marked(p))
            trim(p, base);
        const size_t from = p->n, items = print_group(p);
        if (!marked(p))
            mark_plain(p, from, "_^"[k], items);
    }
    if (!there[0] && !there[1])
        return;
    if (!marked(p)) {
        if (kind == TEX_SUM || kind == TEX_LIMIT || kind == TEX_INTEGRAL)
            put(p, " ");
        return;
    }
    const char *tag =
        script_tag(there[0], there[1], kind == TEX_SUM || kind == TEX_LIMIT);
    insert(p, base, ">");
    insert(p, base, tag);
    insert(p, base, "<");
    put(p, "</");
    put(p, tag);
    put(p, ">");
}

static void print_item(printer *p)
{
    skip_blanks(p);
    if (*p->at == '\\') {
        p->at++;
        print_command(p);
    } else if (*p->at == '{') {
        print_group(p);
    } else if (*p->at == '\0') {
        refuse(p, "it ends where something is due", "");
    } else {
        print_character(p);
    }
}

/* A blank of the source is one of plain text, but for those inside brackets. */
static void print_blank(printer *p)
{
    if (marked(p) || p->status != FK_OK || p->n == 0 ||
        strchr(" ([", p->text[p->n - 1]) != NULL || strchr(")],.", *p->at) != NULL ||
        strncmp(p->at, "\\right", 6) == 0)
        return;
    put(p, " ");
}

static void print_scripted(printer *p)
{
    const size_t base = p->n;
    tex_kind kind = TEX_LETTER;
    if (*p->at == '\\') {
        p->at++;
        kind = print_command(p);
    } else {
        print_item(p);
    }
    print_scripts(p, base, kind);
}

/* Items with their scripts up to `end`, which is taken; NULL: up to the end of the text.
 * How many there are. */
static size_t print_list(printer *p, const char *end)
{
    size_t n = 0;
    if (++p->depth > DEPTH)
        refuse(p, "it is nested too deep", "");
    for (; p->status == FK_OK; n++) {
        const bool blank = *p->at == ' ' && n > 0;
        skip_blanks(p);
        if (end != NULL && strncmp(p->at, end, strlen(end)) == 0) {
            p->at += strlen(end);
            break;
        }
        if (*p->at == '\0') {
            if (end != NULL)
                refuse(p, "an end is missing: ", end);
            break;
        }
        if (strchr("_^}", *p->at) != NULL)
            refuse(p, "out of place: ", p->at);
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
    printer p = {.at = tex, .style = style, .status = FK_OK, .message = message};
    *out = NULL;
    put(&p, "");
    if (marked(&p))
        put(&p, "<mrow>");
    print_list(&p, NULL);
    if (marked(&p))
        put(&p, "</mrow>");
    if (p.status != FK_OK) {
        free(p.text);
        return p.status;
    }
    *out = p.text;
    return FK_OK;
}
