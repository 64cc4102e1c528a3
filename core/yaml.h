/* YAML as a tree of owned nodes that remember where they stood, so that every later
 * complaint can point at FILE:LINE:COLUMN.
 *
 *     fk_yaml_parse  text -> tree        fk_yaml_set    put a value at "a.b.0"
 *     fk_yaml_get    entry of a map      fk_yaml_print  tree -> text
 *
 * Stricter than YAML: one document, keys are plain words, no key twice in one map, no
 * tags, at most FK_YAML_NODES nodes after aliases are expanded, nesting to
 * FK_YAML_DEPTH.  An alias becomes a copy of what it names; one that contains itself is
 * refused.  Any bytes are safe. */
#ifndef FK_CORE_YAML_H
#define FK_CORE_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

enum { FK_YAML_NODES = 20000, FK_YAML_DEPTH = 64 };

/* Where a text came from.  Borrowed by all nodes read from it. */
typedef struct fk_yaml_origin {
    const char *name; /* starts every message */
    bool whole;       /* one short text: messages give no line and column */
} fk_yaml_origin;

typedef enum fk_yaml_kind { FK_YAML_TEXT, FK_YAML_LIST, FK_YAML_MAP } fk_yaml_kind;

/* To be read by everyone, changed through the functions below only. */
typedef struct fk_yaml fk_yaml;
struct fk_yaml {
    fk_yaml_kind kind;
    int style;  /* how it was written, so that it is printed alike */
    char *text; /* of a text; "" for an empty value */
    size_t n;   /* entries of a list or map */
    fk_yaml **entry;
    char *key;       /* in a map */
    fk_yaml *parent; /* NULL: the root */
    const fk_yaml_origin *origin;
    size_t line, column;         /* from 1; columns count characters */
    size_t key_line, key_column; /* of the key in a map */
    size_t text_column;          /* of text[0]; 0 if the text spans lines */
};

/* FK_ESYNTAX with a sentence; an empty text is an empty map. */
FK_NODISCARD fk_status fk_yaml_parse(const char *text, size_t length,
                                     const fk_yaml_origin *origin, fk_yaml **out,
                                     fk_message *message);
void fk_yaml_free(fk_yaml *root); /* accepts NULL */

/* Entry of a map; NULL if there is none or map is NULL or no map. */
const fk_yaml *fk_yaml_get(const fk_yaml *map, const char *key);

/* Puts value, which it takes over even on failure, at a path of keys and list indices
 * joined by dots.  What stood there is freed; maps missing on the way are made; the
 * number of a list's entries extends it by one.  FK_ESYNTAX: the path is empty
 * somewhere, an index is no index, or it leads through a text. */
FK_NODISCARD fk_status fk_yaml_set(fk_yaml *root, const char *path, fk_yaml *value,
                                   fk_message *message);

/* Makes a list a map whose keys are key[0], ... in order (at least as many as the list
 * has entries), or a text a map of the one entry key[0].  For short forms. */
FK_NODISCARD fk_status fk_yaml_to_map(fk_yaml *node, const char *const *key);

/* The tree as YAML, ended by a newline; to be freed by the caller. */
FK_NODISCARD fk_status fk_yaml_print(const fk_yaml *root, char **text);

/* "domain.x.cells", cut at size; "" for the root. */
void fk_yaml_path(const fk_yaml *node, char *path, size_t size);

/* Each writes "ORIGIN:LINE:COLUMN: PATH: " and the sentence and returns FK_ESYNTAX:
 * pointing at the value, at its key, at byte `offset` of its text. */
fk_status fk_yaml_fail(const fk_yaml *node, fk_message *message, const char *format,
                       ...) FK_PRINTF(3, 4);
fk_status fk_yaml_fail_key(const fk_yaml *node, fk_message *message, const char *format,
                           ...) FK_PRINTF(3, 4);
fk_status fk_yaml_fail_at(const fk_yaml *node, size_t offset, fk_message *message,
                          const char *format, ...) FK_PRINTF(4, 5);

/* The whole text as a value; false if it is none.  Numbers are decimal and finite;
 * whole ones may be written 1e6; switches are true, yes, on, false, no, off. */
bool fk_yaml_number(const fk_yaml *node, double *value);
bool fk_yaml_whole(const fk_yaml *node, uint64_t *value);
bool fk_yaml_switch(const fk_yaml *node, bool *value);

#endif
