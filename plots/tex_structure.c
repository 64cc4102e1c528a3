/* Structures of formulas: other alphabets, fractions, roots, accents, fences. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "plots/tex_parts.h"

static void print_verbatim(fk_tex_printer *p, const char *tag)
{
    char text[FK_TEX_WORD];
    fk_tex_read_verbatim(p, text);
    fk_tex_put_tagged(p, tag, text);
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

static void print_alphabet(fk_tex_printer *p, const alphabet *a)
{
    char text[FK_TEX_WORD], code[FK_TEX_NAME];
    fk_tex_read_verbatim(p, text);
    const char *place = text[0] != '\0' ? strchr(a->elsewhere, text[0]) : NULL;
    unsigned letter = 0;
    if (place != NULL)
        letter = a->code[place - a->elsewhere];
    else if (isupper((unsigned char)text[0]))
        letter = a->capitals + (unsigned)(text[0] - 'A');
    else if (islower((unsigned char)text[0]) && a->small != 0)
        letter = a->small + (unsigned)(text[0] - 'a');
    snprintf(code, sizeof code, "&#x%x;", letter);
    fk_tex_put_tagged(p, letter != 0 ? "mi" : "mn",
                      fk_tex_marked(p) && letter != 0 ? code : text);
}

/* Whether plain text since `from` is a sum, a fraction or a relation. */
static bool is_sum(const fk_tex_printer *p, size_t from)
{
    return p->status == FK_OK && (strpbrk(p->text + from, "+/=") != NULL ||
                                  strstr(p->text + from, "−") != NULL);
}

/* Whether it is a differential, d t or ∂ x. */
static bool is_differential(const fk_tex_printer *p, size_t from)
{
    return p->status == FK_OK &&
           (p->text[from] == 'd' || strncmp(p->text + from, "∂", strlen("∂")) == 0);
}

static void print_fraction(fk_tex_printer *p)
{
    if (fk_tex_marked(p))
        fk_tex_put(p, "<mfrac>");
    const size_t over = p->n;
    fk_tex_group(p);
    if (is_sum(p, over))
        fk_tex_bracket(p, over);
    if (!fk_tex_marked(p))
        fk_tex_put(p, "/");
    const size_t under = p->n;
    if (fk_tex_group(p) > 1 && !is_differential(p, under))
        fk_tex_bracket(p, under);
    fk_tex_put(p, fk_tex_marked(p) ? "</mfrac>" : " ");
}

static void print_root(fk_tex_printer *p)
{
    fk_tex_put(p, fk_tex_marked(p) ? "<msqrt>" : "√");
    const size_t from = p->n;
    if (fk_tex_group(p) > 1)
        fk_tex_bracket(p, from);
    if (fk_tex_marked(p))
        fk_tex_put(p, "</msqrt>");
}

typedef struct accent {
    const char *name, *over, *combining;
} accent;

static void print_accent(fk_tex_printer *p, const accent *a)
{
    if (fk_tex_marked(p))
        fk_tex_put(p, "<mover accent=\"true\">");
    fk_tex_group(p);
    fk_tex_put(p, fk_tex_marked(p) ? "<mo>" : a->combining);
    if (!fk_tex_marked(p))
        return;
    fk_tex_put(p, a->over);
    fk_tex_put(p, "</mo></mover>");
}

/* \left( ... \right): a bracket that grows; a dot is none. */
static void print_fence(fk_tex_printer *p)
{
    for (int side = 0; side < 2 && p->status == FK_OK; side++) {
        fk_tex_skip_blanks(p);
        if (side == 0 && fk_tex_marked(p))
            fk_tex_put(p, "<mrow>");
        if (*p->at == '.')
            p->at++;
        else if (*p->at != '\0')
            fk_tex_item(p);
        if (side == 0)
            fk_tex_list(p, "\\right");
        else if (fk_tex_marked(p))
            fk_tex_put(p, "</mrow>");
    }
}

bool fk_tex_structure(fk_tex_printer *p, const char *name)
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
