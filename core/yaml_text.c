/* The border to libyaml: its documents to our trees and back. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "core/yaml.h"

/* ---- reading ---- */

typedef struct loader {
    yaml_document_t document;
    const fk_yaml_origin *origin;
    fk_message *message;
    size_t nodes;
    size_t depth;
    yaml_node_t *open[FK_YAML_DEPTH]; /* the path from the root, to find cycles */
} loader;

static fk_status convert(loader *l, int index, fk_yaml *parent, fk_yaml **out);

static fk_status fail(const loader *l, yaml_mark_t mark, const char *what)
{
    if (l->origin->whole)
        return fk_fail(l->message, FK_ESYNTAX, "%s: %s", l->origin->name, what);
    return fk_fail(l->message, FK_ESYNTAX, "%s:%zu:%zu: %s", l->origin->name,
                   mark.line + 1, mark.column + 1, what);
}

/* What a person who wrote an expression without quotes did not know. */
static const char *hint(const char *problem)
{
    static const struct {
        const char *part, *hint;
    } hints[] = {
        {"alias", "; text that starts with * or & must stand in quotes: \"*...\""},
        {"anchor", "; text that starts with * or & must stand in quotes: \"&...\""},
        {"mapping values",
         "; text with a colon and a space in it must stand in quotes"},
        {"tag", "; text that starts with ! must stand in quotes"},
        {"',' or", "; text with brackets, braces or commas in it must stand in quotes"},
        {"block sequence", "; text that starts with '- ' must stand in quotes"},
        {"cannot start any token", "; text that starts like this must stand in quotes"},
        {"tab", "; indent with spaces"},
    };
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        if (strstr(problem, hints[i].part) != NULL)
            return hints[i].hint;
    return "";
}

static fk_status parser_problem(const loader *l, const yaml_parser_t *p)
{
    if (p->error == YAML_MEMORY_ERROR)
        return FK_ENOMEM;
    const char *problem = p->problem != NULL ? p->problem : "not YAML";
    char context[200] = "", text[400];
    if (p->context != NULL)
        snprintf(context, sizeof context, ", %s that begins at %zu:%zu", p->context,
                 p->context_mark.line + 1, p->context_mark.column + 1);
    snprintf(text, sizeof text, "%s%s%s", problem, context, hint(problem));
    yaml_mark_t mark = p->problem_mark;
    if (p->error == YAML_READER_ERROR)
        mark = p->mark;
    return fail(l, mark, text);
}

/* Column of the first character of a text that stands on one line, else 0.  Counted
 * from its end, because an anchor may stand before it. */
static size_t text_column(const yaml_node_t *node)
{
    const yaml_scalar_style_t style = node->data.scalar.style;
    if (node->start_mark.line != node->end_mark.line)
        return 0;
    const bool quoted = style != YAML_PLAIN_SCALAR_STYLE;
    size_t length = quoted ? 1 : 0;
    for (size_t i = 0; i < node->data.scalar.length; i++)
        length += (node->data.scalar.value[i] & 0xC0) != 0x80;
    return length > node->end_mark.column ? 0 : node->end_mark.column - length + 1;
}

static fk_status convert_text(const loader *l, const yaml_node_t *node, fk_yaml *out)
{
    const char *value = (const char *)node->data.scalar.value;
    if (strlen(value) != node->data.scalar.length)
        return fail(l, node->start_mark, "a text contains a NUL character");
    out->style = (int)node->data.scalar.style;
    out->text_column = text_column(node);
    out->text = strdup(value);
    return out->text == NULL ? FK_ENOMEM : FK_OK;
}

static fk_status convert_list(loader *l, const yaml_node_t *node, fk_yaml *out)
{
    const yaml_node_item_t *item = node->data.sequence.items.start;
    const size_t n = (size_t)(node->data.sequence.items.top - item);
    out->style = (int)node->data.sequence.style;
    out->entry = calloc(n + 1, sizeof(fk_yaml *));
    if (out->entry == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        FK_TRY(convert(l, item[i], out, &out->entry[i]));
        out->n++;
    }
    return FK_OK;
}

/* The key of the last entry of a map, and that no other entry has it. */
static fk_status convert_key(loader *l, int index, fk_yaml *map, fk_yaml *entry)
{
    const yaml_node_t *key = yaml_document_get_node(&l->document, index);
    const char *value = (const char *)key->data.scalar.value;
    if (key->type != YAML_SCALAR_NODE || key->data.scalar.length == 0 ||
        strlen(value) != key->data.scalar.length)
        return fail(l, key->start_mark, "a key must be a word");
    entry->key_line = key->start_mark.line + 1;
    entry->key_column = key->start_mark.column + 1;
    for (size_t i = 0; i + 1 < map->n; i++)
        if (strcmp(map->entry[i]->key, value) == 0) {
            char text[200];
            snprintf(text, sizeof text,
                     "the key '%.60s' is given twice, first in line %zu", value,
                     map->entry[i]->key_line);
            return fail(l, key->start_mark, text);
        }
    entry->key = strdup(value);
    return entry->key == NULL ? FK_ENOMEM : FK_OK;
}

static fk_status convert_map(loader *l, const yaml_node_t *node, fk_yaml *out)
{
    const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
    const size_t n = (size_t)(node->data.mapping.pairs.top - pair);
    out->style = (int)node->data.mapping.style;
    out->entry = calloc(n + 1, sizeof(fk_yaml *));
    if (out->entry == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        FK_TRY(convert(l, pair[i].value, out, &out->entry[i]));
        out->n++;
        FK_TRY(convert_key(l, pair[i].key, out, out->entry[i]));
    }
    return FK_OK;
}

static fk_status check_tag(const loader *l, const yaml_node_t *node)
{
    static const char *const own[] = {YAML_STR_TAG, YAML_SEQ_TAG, YAML_MAP_TAG};
    for (size_t i = 0; i < 3; i++)
        if (strcmp((const char *)node->tag, own[i]) == 0)
            return FK_OK;
    return fail(l, node->start_mark,
                "tags are not used here; text that starts with ! must stand in quotes");
}

/* *out belongs to the caller, also when its entries are not complete. */
static fk_status convert(loader *l, int index, fk_yaml *parent, fk_yaml **out)
{
    yaml_node_t *node = yaml_document_get_node(&l->document, index);
    *out = NULL;
    for (size_t i = 0; i < l->depth; i++)
        if (l->open[i] == node)
            return fail(l, node->start_mark, "what is named here contains itself");
    if (l->depth == FK_YAML_DEPTH)
        return fail(l, node->start_mark, "nested too deeply");
    if (++l->nodes > FK_YAML_NODES)
        return fail(l, node->start_mark, "too many values (aliases count as copies)");
    FK_TRY(check_tag(l, node));

    fk_yaml *made = calloc(1, sizeof *made);
    if (made == NULL)
        return FK_ENOMEM;
    made->parent = parent;
    made->origin = l->origin;
    made->line = node->start_mark.line + 1;
    made->column = node->start_mark.column + 1;
    l->open[l->depth++] = node;
    fk_status status;
    if (node->type == YAML_SCALAR_NODE) {
        made->kind = FK_YAML_TEXT;
        status = convert_text(l, node, made);
    } else if (node->type == YAML_SEQUENCE_NODE) {
        made->kind = FK_YAML_LIST;
        status = convert_list(l, node, made);
    } else {
        made->kind = FK_YAML_MAP;
        status = convert_map(l, node, made);
    }
    l->depth--;
    if (status != FK_OK) {
        fk_yaml_free(made);
        return status;
    }
    *out = made;
    return FK_OK;
}

static fk_status empty_map(const fk_yaml_origin *origin, fk_yaml **out)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return FK_ENOMEM;
    (*out)->kind = FK_YAML_MAP;
    (*out)->origin = origin;
    (*out)->line = (*out)->column = 1;
    return FK_OK;
}

/* That nothing follows the first document. */
static fk_status check_end(loader *l, yaml_parser_t *parser)
{
    yaml_document_t next;
    if (!yaml_parser_load(parser, &next))
        return parser_problem(l, parser);
    const yaml_node_t *root = yaml_document_get_root_node(&next);
    const yaml_mark_t mark = next.start_mark;
    yaml_document_delete(&next);
    return root == NULL ? FK_OK : fail(l, mark, "a second document begins here");
}

fk_status fk_yaml_parse(const char *text, size_t length, const fk_yaml_origin *origin,
                        fk_yaml **out, fk_message *message)
{
    loader l = {.origin = origin, .message = message};
    yaml_parser_t parser;
    *out = NULL;
    if (!yaml_parser_initialize(&parser))
        return FK_ENOMEM;
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);

    fk_status status = FK_OK;
    if (!yaml_parser_load(&parser, &l.document)) {
        status = parser_problem(&l, &parser);
    } else {
        if (yaml_document_get_root_node(&l.document) == NULL)
            status = empty_map(origin, out);
        else if ((status = convert(&l, 1, NULL, out)) == FK_OK)
            status = check_end(&l, &parser);
        yaml_document_delete(&l.document);
    }
    yaml_parser_delete(&parser);
    if (status != FK_OK) {
        fk_yaml_free(*out);
        *out = NULL;
    }
    return status;
}

/* ---- writing ---- */

typedef struct sink {
    char *text;
    size_t length;
} sink;

static int collect(void *data, unsigned char *bytes, size_t size)
{
    sink *s = data;
    char *grown = realloc(s->text, s->length + size + 1);
    if (grown == NULL)
        return 0;
    memcpy(grown + s->length, bytes, size);
    s->text = grown;
    s->length += size;
    grown[s->length] = '\0';
    return 1;
}

static int add_text(yaml_document_t *d, const char *text, int style)
{
    const size_t length = strlen(text);
    if (length > INT_MAX)
        return 0;
    unsigned char *copy = (unsigned char *)strdup(text);
    if (copy == NULL)
        return 0;
    const int id = yaml_document_add_scalar(d, NULL, copy, (int)length,
                                            (yaml_scalar_style_t)style);
    free(copy);
    return id;
}

/* The node's number in the document; 0 without memory. */
static int add(yaml_document_t *d, const fk_yaml *node)
{
    if (node->kind == FK_YAML_TEXT)
        return add_text(d, node->text, node->style);
    const bool list = node->kind == FK_YAML_LIST;
    const int id =
        list ? yaml_document_add_sequence(d, NULL, (yaml_sequence_style_t)node->style)
             : yaml_document_add_mapping(d, NULL, (yaml_mapping_style_t)node->style);
    for (size_t i = 0; id != 0 && i < node->n; i++) {
        const fk_yaml *e = node->entry[i];
        const int key = list ? 0 : add_text(d, e->key, YAML_ANY_SCALAR_STYLE);
        const int value = add(d, e);
        if (value == 0 || (!list && key == 0))
            return 0;
        if (!(list ? yaml_document_append_sequence_item(d, id, value)
                   : yaml_document_append_mapping_pair(d, id, key, value)))
            return 0;
    }
    return id;
}

fk_status fk_yaml_print(const fk_yaml *root, char **text)
{
    sink s = {NULL, 0};
    yaml_document_t document;
    yaml_emitter_t emitter;
    *text = NULL;
    if (!yaml_document_initialize(&document, NULL, NULL, NULL, 1, 1))
        return FK_ENOMEM;
    if (add(&document, root) == 0 || !yaml_emitter_initialize(&emitter)) {
        yaml_document_delete(&document);
        return FK_ENOMEM;
    }
    yaml_emitter_set_output(&emitter, collect, &s);
    yaml_emitter_set_unicode(&emitter, 1);
    yaml_emitter_set_width(&emitter, -1);
    const bool done = yaml_emitter_open(&emitter) &&
                      yaml_emitter_dump(&emitter, &document) &&
                      yaml_emitter_close(&emitter);
    yaml_emitter_delete(&emitter);
    if (!done) {
        free(s.text);
        return FK_ENOMEM;
    }
    *text = s.text;
    return FK_OK;
}
