#include "core/yaml.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void fk_yaml_free(fk_yaml *node)
{
    if (node == NULL)
        return;
    for (size_t i = 0; i < node->n; i++)
        fk_yaml_free(node->entry[i]);
    free(node->entry);
    free(node->text);
    free(node->key);
    free(node);
}

const fk_yaml *fk_yaml_get(const fk_yaml *map, const char *key)
{
    if (map == NULL || map->kind != FK_YAML_MAP)
        return NULL;
    for (size_t i = 0; i < map->n; i++)
        if (strcmp(map->entry[i]->key, key) == 0)
            return map->entry[i];
    return NULL;
}

/* ---- changing the tree ---- */

static fk_yaml *map_like(const fk_yaml *place)
{
    fk_yaml *map = calloc(1, sizeof *map);
    if (map == NULL)
        return NULL;
    map->kind = FK_YAML_MAP;
    map->origin = place->origin;
    map->line = map->key_line = place->line;
    map->column = map->key_column = place->column;
    return map;
}

/* Appends child under key (NULL in a list); takes nothing over on failure. */
static fk_status append(fk_yaml *parent, const char *key, fk_yaml *child)
{
    fk_yaml **entry = realloc(parent->entry, (parent->n + 1) * sizeof *entry);
    if (entry == NULL)
        return FK_ENOMEM;
    parent->entry = entry;
    char *copy = key == NULL ? NULL : strdup(key);
    if (key != NULL && copy == NULL)
        return FK_ENOMEM;
    free(child->key);
    child->key = copy;
    child->parent = parent;
    entry[parent->n++] = child;
    return FK_OK;
}

/* Index of the entry that a path's component names; parent->n if it is new. */
static fk_status find(const fk_yaml *parent, const char *name, size_t *index,
                      fk_message *message)
{
    char path[256];
    fk_yaml_path(parent, path, sizeof path);
    if (parent->kind == FK_YAML_TEXT)
        return fk_fail(message, FK_ESYNTAX,
                       "%s is '%.60s', which has no entry '%.60s'; replace it whole",
                       path, parent->text, name);
    if (parent->kind == FK_YAML_MAP) {
        for (*index = 0; *index < parent->n; ++*index)
            if (strcmp(parent->entry[*index]->key, name) == 0)
                break;
        return FK_OK;
    }
    char *end;
    errno = 0;
    const unsigned long i = strtoul(name, &end, 10);
    if (strspn(name, "0123456789") != strlen(name) || errno != 0 || i > parent->n)
        return fk_fail(message, FK_ESYNTAX,
                       "%s is a list of %zu: '%.60s' must be a number from 0 to %zu",
                       path, parent->n, name, parent->n);
    *index = i;
    return FK_OK;
}

static void replace(fk_yaml *parent, size_t index, fk_yaml *value)
{
    fk_yaml *old = parent->entry[index];
    value->key = old->key;
    old->key = NULL;
    value->parent = parent;
    parent->entry[index] = value;
    fk_yaml_free(old);
}

/* One component of the path; *at moves to the entry, made as a map if it is missing. */
static fk_status descend(fk_yaml **at, const char *name, const fk_yaml *place,
                         fk_message *message)
{
    size_t i;
    FK_TRY(find(*at, name, &i, message));
    if (i == (*at)->n) {
        fk_yaml *map = map_like(place);
        if (map == NULL)
            return FK_ENOMEM;
        const fk_status status =
            append(*at, (*at)->kind == FK_YAML_MAP ? name : NULL, map);
        if (status != FK_OK) {
            fk_yaml_free(map);
            return status;
        }
    }
    *at = (*at)->entry[i];
    return FK_OK;
}

static fk_status put(fk_yaml *parent, const char *name, fk_yaml *value,
                     fk_message *message)
{
    size_t i;
    FK_TRY(find(parent, name, &i, message));
    if (i == parent->n)
        return append(parent, parent->kind == FK_YAML_MAP ? name : NULL, value);
    replace(parent, i, value);
    return FK_OK;
}

fk_status fk_yaml_set(fk_yaml *root, const char *path, fk_yaml *value,
                      fk_message *message)
{
    char *words = strdup(path);
    fk_status status = words == NULL ? FK_ENOMEM : FK_OK;
    fk_yaml *at = root;
    char *name = words, *dot;
    while (status == FK_OK) {
        dot = strchr(name, '.');
        if (dot != NULL)
            *dot = '\0';
        if (*name == '\0')
            status = fk_fail(message, FK_ESYNTAX, "the key '%.100s' has an empty part",
                             path);
        else if (dot == NULL)
            break;
        else
            status = descend(&at, name, value, message);
        name = dot + 1;
    }
    if (status == FK_OK)
        status = put(at, name, value, message);
    if (status != FK_OK)
        fk_yaml_free(value);
    free(words);
    return status;
}

static fk_status text_to_map(fk_yaml *node, const char *key)
{
    fk_yaml *child = malloc(sizeof *child);
    if (child == NULL)
        return FK_ENOMEM;
    *child = *node;
    child->key = NULL;
    child->key_line = node->line;
    child->key_column = node->column;
    const fk_status status = append(node, key, child);
    if (status != FK_OK) {
        free(child);
        return status;
    }
    node->kind = FK_YAML_MAP;
    node->style = 0;
    node->text = NULL;
    return FK_OK;
}

fk_status fk_yaml_to_map(fk_yaml *node, const char *const *key)
{
    if (node->kind == FK_YAML_TEXT)
        return text_to_map(node, key[0]);
    for (size_t i = 0; i < node->n; i++) {
        fk_yaml *e = node->entry[i];
        free(e->key);
        e->key = strdup(key[i]);
        if (e->key == NULL)
            return FK_ENOMEM;
        e->key_line = e->line;
        e->key_column = e->column;
    }
    node->kind = FK_YAML_MAP;
    return FK_OK;
}

/* ---- messages ---- */

void fk_yaml_path(const fk_yaml *node, char *path, size_t size)
{
    path[0] = '\0';
    if (node->parent == NULL)
        return;
    fk_yaml_path(node->parent, path, size);
    const size_t used = strlen(path);
    const char *dot = used > 0 ? "." : "";
    if (node->key != NULL) {
        snprintf(path + used, size - used, "%s%.63s", dot, node->key);
        return;
    }
    size_t i = 0;
    while (node->parent->entry[i] != node)
        i++;
    snprintf(path + used, size - used, "%s%zu", dot, i);
}

static fk_status fail(const fk_yaml *node, size_t line, size_t column,
                      fk_message *message, const char *format, va_list arguments)
{
    char place[64] = "", path[256], sentence[sizeof message->text];
    if (!node->origin->whole)
        snprintf(place, sizeof place, ":%zu:%zu", line, column);
    fk_yaml_path(node, path, sizeof path);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    return fk_fail(message, FK_ESYNTAX, "%s%s: %s%s%s", node->origin->name, place, path,
                   path[0] != '\0' ? ": " : "", sentence);
}

fk_status fk_yaml_fail(const fk_yaml *node, fk_message *message, const char *format,
                       ...)
{
    va_list arguments;
    va_start(arguments, format);
    const fk_status status =
        fail(node, node->line, node->column, message, format, arguments);
    va_end(arguments);
    return status;
}

fk_status fk_yaml_fail_key(const fk_yaml *node, fk_message *message, const char *format,
                           ...)
{
    const bool has_key = node->key != NULL;
    va_list arguments;
    va_start(arguments, format);
    const fk_status status =
        fail(node, has_key ? node->key_line : node->line,
             has_key ? node->key_column : node->column, message, format, arguments);
    va_end(arguments);
    return status;
}

/* UTF-8: every byte but the continuation bytes 10xxxxxx starts a character. */
static size_t characters(const char *text, size_t bytes)
{
    size_t n = 0;
    for (size_t i = 0; i < bytes && text[i] != '\0'; i++)
        n += ((unsigned char)text[i] & 0xC0) != 0x80;
    return n;
}

fk_status fk_yaml_fail_at(const fk_yaml *node, size_t offset, fk_message *message,
                          const char *format, ...)
{
    const size_t before =
        node->kind == FK_YAML_TEXT ? characters(node->text, offset) : 0;
    size_t column = node->column;
    if (node->text_column > 0)
        column = node->text_column + before;
    va_list arguments;
    va_start(arguments, format);
    fk_status status;
    if (node->text_column > 0 && !node->origin->whole) {
        status = fail(node, node->line, column, message, format, arguments);
    } else {
        char sentence[sizeof message->text];
        vsnprintf(sentence, sizeof sentence, format, arguments);
        status =
            fk_yaml_fail(node, message, "%s (character %zu)", sentence, before + 1);
    }
    va_end(arguments);
    return status;
}

/* ---- values ---- */

bool fk_yaml_number(const fk_yaml *node, double *value)
{
    if (node->kind != FK_YAML_TEXT || node->text[0] == '\0' ||
        strspn(node->text, "0123456789.eE+-") != strlen(node->text))
        return false;
    char *end;
    *value = strtod(node->text, &end);
    return *end == '\0' && isfinite(*value);
}

bool fk_yaml_whole(const fk_yaml *node, uint64_t *value)
{
    double number;
    if (!fk_yaml_number(node, &number) || number < 0.0)
        return false;
    if (strspn(node->text, "0123456789") == strlen(node->text)) {
        errno = 0;
        *value = strtoull(node->text, NULL, 10);
        return errno == 0;
    }
    /* beyond 2^53 a double no longer holds every whole number */
    if (number > 9007199254740992.0 || number != floor(number))
        return false;
    *value = (uint64_t)number;
    return true;
}

bool fk_yaml_switch(const fk_yaml *node, bool *value)
{
    static const char *const word[] = {"false", "no", "off", "true", "yes", "on"};
    if (node->kind != FK_YAML_TEXT)
        return false;
    for (size_t i = 0; i < 6; i++)
        if (strcasecmp(node->text, word[i]) == 0) {
            *value = i >= 3;
            return true;
        }
    return false;
}
