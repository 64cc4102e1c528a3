/* Who leads to whom on a generator's cells. */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "pde/generator.h"

/* Ways along rates > 0: from cell c to to[first[c]] .. to[first[c + 1] - 1]. */
typedef struct graph {
    size_t *first, *to;
} graph;

static void graph_clear(graph *g)
{
    free(g->first);
    free(g->to);
}

static void place_way(const graph *w, size_t *next, size_t from, size_t to)
{
    w->to[w->first[from] + next[from]++] = to;
}

/* backwards: the ways against the rates. */
static fk_status graph_make(const fk_generator *g, bool backwards, graph *w)
{
    w->first = fk_alloc(g->cells + 1, sizeof *w->first);
    w->to = fk_alloc(2 * g->n_links, sizeof *w->to);
    size_t *next = fk_alloc(g->cells, sizeof *next);
    if (w->first == NULL || w->to == NULL || next == NULL) {
        graph_clear(w);
        free(next);
        return FK_ENOMEM;
    }
    for (size_t k = 0; k < g->n_links; k++) {
        const fk_link *l = &g->link[k];
        w->first[(backwards ? l->to : l->from) + 1] += l->up > 0.0;
        w->first[(backwards ? l->from : l->to) + 1] += l->dn > 0.0;
    }
    for (size_t c = 0; c < g->cells; c++)
        w->first[c + 1] += w->first[c];
    for (size_t k = 0; k < g->n_links; k++) {
        const fk_link *l = &g->link[k];
        const size_t a = backwards ? l->to : l->from, b = backwards ? l->from : l->to;
        if (l->up > 0.0)
            place_way(w, next, a, b);
        if (l->dn > 0.0)
            place_way(w, next, b, a);
    }
    free(next);
    return FK_OK;
}

fk_status fk_generator_reach(const fk_generator *g, bool *mark)
{
    graph w;
    size_t depth = 0;
    FK_TRY(graph_make(g, true, &w));
    size_t *stack = fk_alloc(g->cells, sizeof *stack);
    for (size_t c = 0; stack != NULL && c < g->cells; c++)
        if (mark[c])
            stack[depth++] = c;
    while (depth > 0) {
        const size_t c = stack[--depth];
        for (size_t k = w.first[c]; k < w.first[c + 1]; k++)
            if (!mark[w.to[k]]) {
                mark[w.to[k]] = true;
                stack[depth++] = w.to[k];
            }
    }
    graph_clear(&w);
    const fk_status status = stack != NULL ? FK_OK : FK_ENOMEM;
    free(stack);
    return status;
}

/* ---- strongly connected classes, by depth-first search [tarjan-1972] ---- */

typedef struct search {
    graph w;
    size_t *number;        /* [cells] order of discovery, from 1; 0: not yet */
    size_t *low;           /* [cells] least number reached */
    size_t *next;          /* [cells] ways followed so far */
    size_t *path, *open;   /* [cells] stacks: way back, cells without a class */
    size_t n_path, n_open; /* their heights */
    size_t *class_of;      /* [cells] FK_NO_CELL: none yet */
    size_t n_classes, found;
    size_t *block;
} search;

static fk_status search_make(const fk_generator *g, size_t *class_of, search *s)
{
    *s = (search){.class_of = class_of};
    s->block = fk_alloc(5 * g->cells, sizeof *s->block);
    if (s->block == NULL)
        return FK_ENOMEM;
    s->number = s->block;
    s->low = s->number + g->cells;
    s->next = s->low + g->cells;
    s->path = s->next + g->cells;
    s->open = s->path + g->cells;
    for (size_t c = 0; c < g->cells; c++)
        class_of[c] = FK_NO_CELL;
    return graph_make(g, false, &s->w);
}

static void enter(search *s, size_t c)
{
    s->number[c] = s->low[c] = ++s->found;
    s->path[s->n_path++] = c;
    s->open[s->n_open++] = c;
}

/* All cells opened since c, which leads to none older, are one class. */
static void close_class(search *s, size_t c)
{
    size_t last;
    do {
        last = s->open[--s->n_open];
        s->class_of[last] = s->n_classes;
    } while (last != c);
    s->n_classes++;
}

static void lower(size_t *low, size_t to)
{
    *low = to < *low ? to : *low;
}

static void leave(search *s, size_t c)
{
    s->n_path--;
    if (s->low[c] == s->number[c])
        close_class(s, c);
    if (s->n_path > 0)
        lower(&s->low[s->path[s->n_path - 1]], s->low[c]);
}

static void explore(search *s, size_t root)
{
    enter(s, root);
    while (s->n_path > 0) {
        const size_t c = s->path[s->n_path - 1];
        const size_t k = s->w.first[c] + s->next[c];
        if (k == s->w.first[c + 1]) {
            leave(s, c);
            continue;
        }
        s->next[c]++;
        const size_t to = s->w.to[k];
        if (s->number[to] == 0)
            enter(s, to);
        else if (s->class_of[to] == FK_NO_CELL)
            lower(&s->low[c], s->number[to]);
    }
}

/* Classes that lose nothing, numbered in the order of their first cells. */
static fk_status keep_closed(const fk_generator *g, size_t n_classes, size_t *class_of,
                             size_t *n_closed)
{
    bool *leaks = fk_alloc(n_classes, sizeof *leaks);
    size_t *number = fk_alloc(n_classes, sizeof *number);
    *n_closed = 0;
    for (size_t k = 0; leaks != NULL && k < g->n_outs; k++)
        leaks[class_of[g->out[k].cell]] = true;
    for (size_t k = 0; leaks != NULL && k < g->n_links; k++) {
        const fk_link *l = &g->link[k];
        const size_t a = class_of[l->from], b = class_of[l->to];
        leaks[a] = leaks[a] || (a != b && l->up > 0.0);
        leaks[b] = leaks[b] || (a != b && l->dn > 0.0);
    }
    for (size_t c = 0; leaks != NULL && number != NULL && c < g->cells; c++) {
        const size_t k = class_of[c];
        if (!leaks[k] && number[k] == 0)
            number[k] = ++*n_closed;
        class_of[c] = leaks[k] ? FK_NO_CELL : number[k] - 1;
    }
    const fk_status status = leaks != NULL && number != NULL ? FK_OK : FK_ENOMEM;
    free(leaks);
    free(number);
    return status;
}

fk_status fk_generator_traps(const fk_generator *g, size_t *trap, size_t *n_traps)
{
    search s;
    fk_status status = search_make(g, trap, &s);
    for (size_t c = 0; status == FK_OK && c < g->cells; c++)
        if (s.number[c] == 0)
            explore(&s, c);
    if (status == FK_OK)
        status = keep_closed(g, s.n_classes, trap, n_traps);
    graph_clear(&s.w);
    free(s.block);
    return status;
}
