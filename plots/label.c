#include "plots/label.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"

bool fk_unit_matters(const char *unit)
{
    return unit != NULL && strcmp(unit, "") != 0 && strcmp(unit, "1") != 0;
}

fk_label fk_label_clean(const char *text)
{
    fk_label label = {""};
    size_t used = 0;
    while (*text != '\0') {
        const size_t length = fk_utf8_length(text);
        const char *piece = text;
        size_t size = length;
        if (length == 0) {
            piece = FK_UTF8_REPLACEMENT;
            size = 3;
        } else if ((unsigned char)*text < 0x20 || *text == 0x7f)
            piece = " ";
        if (used + size >= sizeof label.text)
            break;
        memcpy(label.text + used, piece, size);
        used += size;
        text += length > 0 ? length : 1;
    }
    return label;
}

static fk_label compose(const char *format, ...) FK_PRINTF(1, 2);
static fk_label compose(const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return fk_label_clean(text);
}

fk_label fk_label_variable(const fk_problem *p, size_t i)
{
    char *name = fk_expr_print(p->sde->variable[i], FK_EXPR_TEXT);
    const fk_label label = name != NULL ? fk_label_clean(name) : compose("x%zu", i + 1);
    free(name);
    return label;
}

fk_label fk_label_unit(const char *symbol, const char *unit)
{
    return fk_unit_matters(unit) ? compose("%s [%s]", symbol, unit)
                                 : compose("%s", symbol);
}

fk_label fk_label_axis(const fk_problem *p, size_t i)
{
    return fk_label_unit(fk_label_variable(p, i).text, p->unit[i]);
}

fk_label fk_label_time_axis(const fk_problem *p)
{
    return fk_label_unit("t", p->time_unit);
}

fk_label fk_label_time(const fk_problem *p, double t)
{
    return fk_unit_matters(p->time_unit) ? compose("t = %.4g %s", t, p->time_unit)
                                         : compose("t = %.4g", t);
}

fk_label fk_label_end(const fk_problem *p, size_t i, size_t side)
{
    const fk_axis *a = &p->domain.grid.axis[i];
    const fk_expr *wall = i == 0 ? p->domain.wall[side] : NULL;
    if (wall == NULL || fk_expr_is_number(wall, NULL))
        return compose("%.4g", side == 0 ? a->lo : a->hi);
    char *text = fk_expr_print(wall, FK_EXPR_DISPLAY);
    const fk_label label = compose("%s", text != NULL ? text : "?");
    free(text);
    return label;
}

fk_label fk_label_face(const fk_problem *p, size_t i, size_t side)
{
    const fk_label name = fk_label_variable(p, i);
    if (i == 0 && fk_domain_moves(&p->domain))
        return compose("%s %s", side == 0 ? "lower" : "upper", name.text);
    return compose("%s = %s", name.text, fk_label_end(p, i, side).text);
}

fk_label fk_label_density_unit(const fk_problem *p, size_t n, const size_t *axis)
{
    fk_label product = {""};
    size_t factors = 0;
    bool composite = false;
    for (size_t k = 0; k < n; k++) {
        const char *unit = p->unit[axis[k]];
        if (!fk_unit_matters(unit))
            continue;
        product =
            factors == 0 ? compose("%s", unit) : compose("%s %s", product.text, unit);
        composite = composite || strpbrk(unit, " */") != NULL;
        factors++;
    }
    if (factors == 0)
        return compose("1");
    return factors > 1 || composite ? compose("1/(%s)", product.text)
                                    : compose("1/%s", product.text);
}

fk_label fk_label_density(const fk_problem *p, size_t n, const size_t *axis)
{
    assert(n > 0);
    fk_label names = fk_label_variable(p, axis[0]);
    for (size_t k = 1; k < n; k++)
        names = compose("%s, %s", names.text, fk_label_variable(p, axis[k]).text);
    const fk_label unit = fk_label_density_unit(p, n, axis);
    const fk_label symbol = compose("p(%s, t)", names.text);
    return fk_label_unit(symbol.text, unit.text);
}
