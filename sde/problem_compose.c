/* What is composed with the initial law: the section `compose`. */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "sde/problem_reader.h"

enum { MOST_LAWS = 15 };

/* {gaussian: ...} or {mixture: ...} */
static fk_status read_law(const fk_problem_reader *r, const fk_yaml *node,
                          fk_mixture **out)
{
    FK_TRY(fk_read_map(r, node));
    const fk_yaml *law = node->n == 1 ? node->entry[0] : NULL;
    const bool known = law != NULL && (strcmp(law->key, "gaussian") == 0 ||
                                       strcmp(law->key, "mixture") == 0);
    if (!known)
        return fk_yaml_fail(node, r->message,
                            "expected exactly one law, gaussian or mixture");
    return fk_read_mixture(r, law, out);
}

static fk_status read_laws(const fk_problem_reader *r, const fk_yaml *section)
{
    fk_problem_compose *c = &r->problem->compose;
    const fk_yaml *list = fk_yaml_get(section, "laws");
    if (list == NULL)
        return fk_read_missing(r, section, "laws");
    if (list->kind != FK_YAML_LIST || list->n == 0 || list->n > MOST_LAWS)
        return fk_read_refuse(r, list);
    c->law = fk_alloc(list->n, sizeof *c->law);
    if (c->law == NULL)
        return FK_ENOMEM;
    c->n_laws = list->n;
    for (size_t i = 0; i < list->n; i++)
        FK_TRY(read_law(r, list->entry[i], &c->law[i]));
    return FK_OK;
}

fk_status fk_read_compose(fk_problem_reader *r)
{
    fk_problem_compose *c = &r->problem->compose;
    const fk_yaml *section = fk_yaml_get(r->root, "compose");
    if (section == NULL)
        return FK_OK;
    FK_TRY(fk_read_map(r, section));
    FK_TRY(fk_read_table(r, "compose"));
    if (fk_yaml_get(section, "rule") == NULL)
        return fk_read_missing(r, section, "rule");
    const fk_yaml *weight = fk_yaml_get(section, "weight");
    c->weight = (double)NAN;
    if (weight != NULL)
        FK_TRY(fk_read_real(r, weight, &c->weight));
    return read_laws(r, section);
}
