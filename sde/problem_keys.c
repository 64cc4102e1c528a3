#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/spelling.h"
#include "sde/problem_reader.h"

typedef enum key_kind { OTHER, REAL, COUNT, SEED, SWITCH, WORD } key_kind;

/* What the table does with a key, beside its text in keys[] of the same index. */
typedef struct key_rule {
    key_kind kind;
    size_t offset; /* of the field in fk_problem */
    double least, most;
} key_rule;

static const fk_problem_key keys[] = {
#define FK_KEY(key, accepts, standard, meaning, kind, field, least, most) \
    {key, accepts, standard, meaning},
#include "sde/problem_keys.def"
#undef FK_KEY
};

static const key_rule rules[] = {
#define FK_KEY(key, accepts, standard, meaning, kind, field, least, most) \
    {kind, offsetof(fk_problem, field), least, most},
#include "sde/problem_keys.def"
#undef FK_KEY
};

enum { N_KEYS = sizeof keys / sizeof *keys, LONGEST_KEY = 128 };

const fk_problem_key *fk_problem_keys(size_t *n)
{
    *n = N_KEYS;
    return keys;
}

/* ---- from a node to its key ---- */

/* Length of the first part of a key, up to its dot. */
static size_t part(const char *key)
{
    return strcspn(key, ".");
}

/* The part of the table's key that answers to one key of the file, or NULL. */
static const char *match(const char *key, const char *name)
{
    const size_t n = part(key);
    const bool any = n == 4 && strncmp(key, "NAME", 4) == 0;
    if (!any && (strlen(name) != n || strncmp(key, name, n) != 0))
        return NULL;
    return key[n] == '.' ? key + n + 1 : key + n;
}

/* What is left of the table's key below the node; NULL if they part on the way.  The
 * entries of lists have no key and stand for their list. */
static const char *below(const char *key, const fk_yaml *node)
{
    if (node->parent == NULL)
        return key;
    const char *rest = below(key, node->parent);
    if (rest == NULL || node->key == NULL)
        return rest;
    return *rest == '\0' ? NULL : match(rest, node->key);
}

static const fk_problem_key *find(const fk_yaml *node)
{
    for (size_t i = 0; i < N_KEYS; i++) {
        const char *rest = below(keys[i].key, node);
        if (rest != NULL && *rest == '\0')
            return &keys[i];
    }
    return NULL;
}

/* ---- sentences ---- */

static const char *found(const fk_yaml *node, char *text, size_t size)
{
    if (node->kind == FK_YAML_TEXT && node->text[0] == '\0')
        return "nothing";
    if (node->kind == FK_YAML_TEXT) {
        snprintf(text, size, "'%.60s'", node->text);
        return text;
    }
    return node->kind == FK_YAML_LIST ? "a list" : "a map";
}

fk_status fk_read_refuse(const fk_problem_reader *r, const fk_yaml *node)
{
    char text[80];
    const fk_problem_key *key = find(node);
    return fk_yaml_fail(node, r->message, "expected %s; found %s",
                        key != NULL ? key->accepts : "something else",
                        found(node, text, sizeof text));
}

fk_status fk_read_missing(const fk_problem_reader *r, const fk_yaml *section,
                          const char *name)
{
    const char *accepts = "";
    for (size_t i = 0; i < N_KEYS; i++) {
        const char *rest = below(keys[i].key, section);
        if (rest != NULL && strcmp(rest, name) == 0)
            accepts = keys[i].accepts;
    }
    return fk_yaml_fail(section, r->message, "'%s' must be given: %s", name, accepts);
}

/* ---- unknown keys ---- */

/* The keys that the table allows directly below a section. */
static size_t allowed_below(const fk_yaml *section, const char **name)
{
    size_t n = 0;
    for (size_t i = 0; i < N_KEYS; i++) {
        const char *rest = below(keys[i].key, section);
        if (rest != NULL && *rest != '\0' && rest[part(rest)] == '\0')
            name[n++] = rest;
    }
    return n;
}

static fk_status unknown(const fk_problem_reader *r, const fk_yaml *node, size_t n,
                         const char *const *name)
{
    char list[600] = "";
    for (size_t i = 0; i < n; i++) {
        const size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", name[i]);
    }
    const char *near = fk_spelling_nearest(node->key, n, name);
    return fk_yaml_fail_key(node, r->message,
                            "unknown key%s%s%s the keys allowed here: %s",
                            near != NULL ? ", did you mean '" : "",
                            near != NULL ? near : "", near != NULL ? "'?" : ";", list);
}

static fk_status check_keys(const fk_problem_reader *r, const fk_yaml *node)
{
    const char *name[N_KEYS];
    const size_t n = node->kind == FK_YAML_MAP ? allowed_below(node, name) : 0;
    for (size_t i = 0; i < node->n; i++) {
        const fk_yaml *e = node->entry[i];
        if (n > 0 && find(e) == NULL)
            return unknown(r, e, n, name);
        FK_TRY(check_keys(r, e));
    }
    return FK_OK;
}

fk_status fk_read_known_keys(const fk_problem_reader *r)
{
    return check_keys(r, r->root);
}

/* ---- fields that the table fills ---- */

static bool is_word(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    return text[0] != '\0' && strlen(text) < sizeof(((fk_problem *)0)->pde.flux) &&
           strspn(text, letters) == strlen(text);
}

static fk_status store(const fk_problem_reader *r, const fk_yaml *node,
                       const key_rule *rule)
{
    void *field = (char *)r->problem + rule->offset;
    double x;
    switch (rule->kind) {
    case REAL:
        FK_TRY(fk_read_real(r, node, &x));
        if (x < rule->least || x > rule->most)
            return fk_read_refuse(r, node);
        *(double *)field = x;
        return FK_OK;
    case COUNT:
        return fk_read_whole(r, node, rule->least, rule->most, field);
    case SEED:
        return fk_yaml_whole(node, field) ? FK_OK : fk_read_refuse(r, node);
    case SWITCH:
        return fk_yaml_switch(node, field) ? FK_OK : fk_read_refuse(r, node);
    case WORD:
        if (node->kind != FK_YAML_TEXT || !is_word(node->text))
            return fk_read_refuse(r, node);
        strcpy(field, node->text);
        return FK_OK;
    case OTHER:
        break;
    }
    return FK_OK;
}

static void store_standard(fk_problem *p, const key_rule *rule, const char *standard)
{
    void *field = (char *)p + rule->offset;
    switch (rule->kind) {
    case REAL:
        *(double *)field = strtod(standard, NULL);
        break;
    case COUNT:
        *(size_t *)field = (size_t)strtod(standard, NULL);
        break;
    case SEED:
        *(uint64_t *)field = strtoull(standard, NULL, 10);
        break;
    case SWITCH:
        *(bool *)field = strcmp(standard, "true") == 0;
        break;
    case WORD:
        strcpy(field, standard);
        break;
    case OTHER:
        break;
    }
}

/* The value under a path of keys with dots between; NULL if it is not given. */
static const fk_yaml *follow(const fk_yaml *map, const char *path)
{
    char key[LONGEST_KEY];
    const size_t n = part(path);
    snprintf(key, sizeof key, "%.*s", (int)n, path);
    const fk_yaml *node = fk_yaml_get(map, key);
    return node == NULL || path[n] == '\0' ? node : follow(node, path + n + 1);
}

fk_status fk_read_table(const fk_problem_reader *r, const char *section)
{
    const fk_yaml *map = fk_yaml_get(r->root, section);
    const size_t n = strlen(section);
    for (size_t i = 0; i < N_KEYS; i++) {
        if (strncmp(keys[i].key, section, n) != 0 || keys[i].key[n] != '.')
            continue;
        const fk_yaml *node = follow(map, keys[i].key + n + 1);
        if (node != NULL)
            FK_TRY(store(r, node, &rules[i]));
        else
            store_standard(r->problem, &rules[i], keys[i].standard);
    }
    return FK_OK;
}
