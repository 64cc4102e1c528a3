#include "sde/problem_file.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/file.h"
#include "core/yaml.h"
#include "sde/problem_reader.h"

enum { MOST_BYTES = 1 << 22 };

/* The document and all that its nodes borrow from. */
typedef struct source {
    char *text;
    size_t length;
    fk_yaml *root;
    fk_yaml_origin file;
    size_t n_settings;
    fk_yaml_origin *setting; /* [n_settings] */
    char **setting_name;     /* [n_settings] */
} source;

static void source_end(source *s)
{
    fk_yaml_free(s->root);
    for (size_t i = 0; s->setting_name != NULL && i < s->n_settings; i++)
        free(s->setting_name[i]);
    free(s->setting_name);
    free(s->setting);
    free(s->text);
}

/* ---- short forms: one way to say it reaches the sections ---- */

static fk_yaml *child(const fk_yaml *map, const char *key)
{
    for (size_t i = 0; map != NULL && map->kind == FK_YAML_MAP && i < map->n; i++)
        if (strcmp(map->entry[i]->key, key) == 0)
            return map->entry[i];
    return NULL;
}

/* time: 5  ->  {end: 5};   domain: {x: [-3, 3, 300]}  ->  {from, to, cells} */
static fk_status expand(fk_yaml *root)
{
    static const char *const end[] = {"end"};
    static const char *const axis[] = {"from", "to", "cells"};
    fk_yaml *time = child(root, "time"), *domain = child(root, "domain");
    if (time != NULL && time->kind == FK_YAML_TEXT && time->text[0] != '\0')
        FK_TRY(fk_yaml_to_map(time, end));
    for (size_t i = 0; domain != NULL && i < domain->n; i++)
        if (domain->entry[i]->kind == FK_YAML_LIST && domain->entry[i]->n == 3)
            FK_TRY(fk_yaml_to_map(domain->entry[i], axis));
    return FK_OK;
}

/* ---- settings ---- */

/* NULL without memory; to be freed by the caller. */
static char *text_of(const char *format, ...) FK_PRINTF(1, 2);
static char *text_of(const char *format, ...)
{
    char *text;
    va_list arguments;
    va_start(arguments, format);
    const int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    return length < 0 ? NULL : text;
}

/* "params.a=1": params is short for parameters.  The key to be freed. */
static char *setting_key(const char *setting, size_t length)
{
    static const char shorter[] = "params.";
    const size_t n = sizeof shorter - 1;
    const bool is_short = strncmp(setting, shorter, n) == 0;
    const size_t skip = is_short ? n : 0;
    return text_of("%s%.*s", is_short ? "parameters." : "", (int)(length - skip),
                   setting + skip);
}

static fk_status apply(source *s, const char *setting, const fk_yaml_origin *origin,
                       fk_message *message)
{
    const char *equals = strchr(setting, '=');
    if (equals == NULL)
        return fk_fail(message, FK_ESYNTAX, "%s: must be KEY=VALUE", origin->name);
    fk_yaml *value;
    const char *text = equals[1] != '\0' ? equals + 1 : "''";
    FK_TRY(fk_yaml_parse(text, strlen(text), origin, &value, message));
    char *key = setting_key(setting, (size_t)(equals - setting));
    if (key == NULL) {
        fk_yaml_free(value);
        return FK_ENOMEM;
    }
    fk_message reason = {""};
    const fk_status status = fk_yaml_set(s->root, key, value, &reason);
    free(key);
    if (status == FK_ESYNTAX)
        return fk_fail(message, FK_ESYNTAX, "%s: %s", origin->name, reason.text);
    FK_TRY(status);
    return expand(s->root);
}

static fk_status apply_all(source *s, size_t n, const char *const *setting,
                           fk_message *message)
{
    s->setting = calloc(n + 1, sizeof *s->setting);
    s->setting_name = calloc(n + 1, sizeof *s->setting_name);
    if (s->setting == NULL || s->setting_name == NULL)
        return FK_ENOMEM;
    s->n_settings = n;
    for (size_t i = 0; i < n; i++) {
        s->setting_name[i] = text_of("setting '%.200s'", setting[i]);
        if (s->setting_name[i] == NULL)
            return FK_ENOMEM;
        s->setting[i] = (fk_yaml_origin){s->setting_name[i], true};
        FK_TRY(apply(s, setting[i], &s->setting[i], message));
    }
    return FK_OK;
}

static fk_status load_text(source *s, const char *text)
{
    s->length = strlen(text);
    s->text = strdup(text);
    return s->text != NULL ? FK_OK : FK_ENOMEM;
}

static fk_status load_file(source *s, const char *path, fk_message *message)
{
    fk_message reason = {""};
    const fk_status status =
        fk_file_read(path, MOST_BYTES, &s->text, &s->length, &reason);
    return status != FK_EIO ? status
                            : fk_fail(message, FK_EIO, "%s: %s", path, reason.text);
}

/* text NULL: what the file holds. */
static fk_status load(source *s, const char *text, const char *path, size_t n_settings,
                      const char *const *setting, fk_message *message)
{
    FK_TRY(text != NULL ? load_text(s, text) : load_file(s, path, message));
    s->file = (fk_yaml_origin){path, false};
    FK_TRY(fk_yaml_parse(s->text, s->length, &s->file, &s->root, message));
    if (s->root->kind != FK_YAML_MAP)
        return fk_yaml_fail(s->root, message,
                            "a problem is a map of keys: 'drift: -x' and so on");
    FK_TRY(expand(s->root));
    return apply_all(s, n_settings, setting, message);
}

/* ---- name, text ---- */

static bool is_name(const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789-_";
    return name[0] != '\0' && strlen(name) <= 64 &&
           strspn(name, letters) == strlen(name);
}

/* "dir/double well.yaml" -> "double_well" */
static char *name_of_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = strdup(slash != NULL ? slash + 1 : path);
    if (name == NULL)
        return NULL;
    char *dot = strrchr(name, '.');
    if (dot != NULL && dot != name)
        *dot = '\0';
    if (strlen(name) > 64)
        name[64] = '\0';
    for (char *c = name; *c != '\0'; c++) {
        const char one[2] = {*c, '\0'};
        if (!is_name(one))
            *c = '_';
    }
    return name;
}

static fk_status read_head(const fk_problem_reader *r)
{
    fk_problem *p = r->problem;
    const fk_yaml *name = fk_yaml_get(r->root, "name");
    const fk_yaml *about = fk_yaml_get(r->root, "about");
    if (name != NULL && (name->kind != FK_YAML_TEXT || !is_name(name->text)))
        return fk_read_refuse(r, name);
    if (about != NULL && about->kind != FK_YAML_TEXT)
        return fk_read_refuse(r, about);
    p->path = strdup(r->path);
    p->name = name != NULL ? strdup(name->text) : name_of_file(r->path);
    p->about = strdup(about != NULL ? about->text : "");
    if (p->path == NULL || p->name == NULL || p->about == NULL)
        return FK_ENOMEM;
    for (size_t n = strlen(p->about); n > 0 && p->about[n - 1] == '\n'; n--)
        p->about[n - 1] = '\0';
    return FK_OK;
}

/* The name joins the document, because the text may be kept under another file name. */
static fk_status add_name(source *s, const char *name)
{
    char quoted[80];
    fk_yaml *value;
    snprintf(quoted, sizeof quoted, "'%s'", name);
    FK_TRY(fk_yaml_parse(quoted, strlen(quoted), &s->file, &value, NULL));
    return fk_yaml_set(s->root, "name", value, NULL);
}

/* The file as its author wrote it where it says everything, else the merged document. */
static fk_status keep_text(fk_problem *p, source *s)
{
    const bool named = fk_yaml_get(s->root, "name") != NULL;
    if (named && s->n_settings == 0 && strlen(s->text) == s->length) {
        p->text = s->text;
        s->text = NULL;
        return FK_OK;
    }
    if (!named)
        FK_TRY(add_name(s, p->name));
    return fk_yaml_print(s->root, &p->text);
}

/* ---- the whole ---- */

static fk_status read_sections(fk_problem_reader *r)
{
    FK_TRY(fk_expr_pool_new(&r->problem->pool));
    FK_TRY(fk_read_known_keys(r));
    FK_TRY(read_head(r));
    FK_TRY(fk_read_equation(r));
    FK_TRY(fk_read_time(r));
    FK_TRY(fk_read_domain(r));
    FK_TRY(fk_read_check_law(r));
    FK_TRY(fk_read_initial(r));
    FK_TRY(fk_read_methods(r));
    FK_TRY(fk_read_compose(r));
    return fk_expr_pool_exhausted(r->problem->pool) ? FK_ENOMEM : FK_OK;
}

static fk_status read_problem(source *s, const char *path, fk_problem *p,
                              fk_message *message)
{
    fk_problem_reader r = {
        .path = path, .message = message, .root = s->root, .problem = p};
    const fk_status status = read_sections(&r);
    for (size_t i = 0; i < r.n_jumps; i++)
        fk_jump_clear(&r.jump[i]);
    for (size_t i = 0; i < r.n_stables; i++)
        fk_stable_clear(&r.stable[i]);
    free(r.jump);
    free(r.stable);
    free(r.name);
    free(r.coloured);
    free(r.variable);
    free(r.parameter);
    free(r.value);
    return status == FK_OK ? keep_text(p, s) : status;
}

static fk_status make(const char *text, const char *path, size_t n_settings,
                      const char *const *setting, fk_problem **out, fk_message *message)
{
    source s = {.text = NULL};
    fk_status status = FK_ENOMEM;
    *out = NULL;
    fk_problem *p = calloc(1, sizeof *p);
    if (p != NULL)
        status = load(&s, text, path, n_settings, setting, message);
    if (status == FK_OK)
        status = read_problem(&s, path, p, message);
    source_end(&s);
    if (status != FK_OK) {
        fk_problem_free(p);
        return status;
    }
    *out = p;
    return FK_OK;
}

fk_status fk_problem_read(const char *path, size_t n_settings,
                          const char *const *setting, fk_problem **out,
                          fk_message *message)
{
    return make(NULL, path, n_settings, setting, out, message);
}

fk_status fk_problem_parse(const char *text, const char *path, size_t n_settings,
                           const char *const *setting, fk_problem **out,
                           fk_message *message)
{
    return make(text, path, n_settings, setting, out, message);
}
