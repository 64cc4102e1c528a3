/* The measured L1 distance of each comparison beside what it is made of. */
#include <math.h>
#include <string.h>

#include "plots/canvas.h"
#include "plots/label.h"

extern const fk_figure fk_figure_budget;

enum { PAIRS = 3, SERIES = FK_BUDGET_LINES };

static bool same_pair(const fk_comparison *a, const fk_comparison *b)
{
    return strcmp(a->sample, b->sample) == 0 && strcmp(a->reference, b->reference) == 0;
}

/* The first comparison of each pair of sample and reference. */
static size_t pairs(const fk_result *r, const fk_comparison **first)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_comparisons && n < PAIRS; i++) {
        bool known = false;
        for (size_t k = 0; k < n; k++)
            known = known || same_pair(first[k], &r->comparison[i]);
        if (!known && r->comparison[i].count > 0)
            first[n++] = &r->comparison[i];
    }
    return n;
}

static bool applies(const fk_result *r)
{
    const fk_comparison *first[PAIRS];
    return pairs(r, first) > 0;
}

/* Nothing to see on a logarithmic axis: not measured, zero, or mere rounding. */
static double visible(double l1)
{
    return l1 > 1e-16 ? l1 : (double)NAN;
}

typedef struct extent {
    size_t times;       /* of the pair with the most */
    double least, most; /* of all values */
    bool line[SERIES];  /* parts that have a value somewhere */
    const char *name[SERIES];
} extent;

static void put(FILE *out, double value, extent *e)
{
    const double v = visible(value);
    fprintf(out, "\t%.6g", v);
    if (!isnan(v)) {
        e->least = fmin(e->least, v);
        e->most = fmax(e->most, v);
    }
}

static extent write_data(const fk_result *r, size_t n,
                         const fk_comparison *const *first, fk_canvas *c)
{
    extent e = {.least = HUGE_VAL};
    FILE *out = fk_canvas_data(c, "budget.tsv");
    if (out == NULL)
        return e;
    fprintf(out, "# number\ttime\tl1\tnoise_floor\tparts of the error budget in L1\n");
    for (size_t k = 0; k < n; k++) {
        size_t times = 0;
        fprintf(out, "# %s against %s\n", first[k]->sample, first[k]->reference);
        for (size_t i = 0; i < r->n_comparisons; i++) {
            const fk_comparison *a = &r->comparison[i];
            if (!same_pair(first[k], a))
                continue;
            fprintf(out, "%zu\t%.4g", ++times, a->t);
            put(out, a->l1, &e);
            put(out, a->l1_floor, &e);
            for (size_t s = 0; s < SERIES; s++) {
                put(out, a->budget[s].l1, &e);
                if (a->budget[s].name != NULL && !isnan(visible(a->budget[s].l1))) {
                    e.line[s] = strcmp(a->budget[s].name, "sampling") != 0;
                    e.name[s] = a->budget[s].name;
                }
            }
            fputc('\n', out);
        }
        e.times = times > e.times ? times : e.times;
        fputs("\n\n", out);
    }
    fk_canvas_close(c, out);
    return e;
}

static void add_panel(fk_script *s, size_t pair, size_t n, const extent *e)
{
    static const char *const mark[SERIES] = {"pt 11 lc rgb sky", "pt 9 lc rgb blue",
                                             "pt 5 lc rgb green", "pt 13 lc rgb pink",
                                             "pt 2 lc rgb ink"};
    const bool last = pair + 1 == n;
    fk_script_add(
        s,
        "\nset lmargin at screen left(%zu)\nset rmargin at screen right(%zu)\n"
        "set label 1 pair_name[%zu] at graph 0.5, 1.04 center noenhanced\n",
        pair + 1, pair + 1, pair + 1);
    if (pair > 0)
        fk_script_add(s, "unset ylabel\nset format y ''\n");
    fk_script_add(s, last ? "set key at screen 0.995, 0.9 right top Left reverse\n"
                          : "unset key\n");
    fk_script_item(
        s,
        "'data/budget.tsv' index %zu using 1:3:xtic(2) with linespoints pt 7 "
        "ps 1.6*dot lw 1.2 lc rgb red title 'measured L1'",
        pair);
    fk_script_item(s,
                   "'' index %zu using 1:4 with lines dt 2 lw 2 lc rgb ink "
                   "title 'noise floor'",
                   pair);
    /* a part that this pair lacks has its entry in the key all the same */
    for (size_t k = 0; k < SERIES; k++) {
        if (!e->line[k])
            continue;
        fk_script_item(s,
                       "'' index %zu using 1:%zu with linespoints ps 1.6*dot lw 0.7 "
                       "dt 3 %s notitle",
                       pair, k + 5, mark[k]);
        fk_script_item(s,
                       "keyentry with linespoints ps 1.6*dot lw 0.7 dt 3 %s "
                       "title '%s'",
                       mark[k], e->name[k]);
    }
    if (e->most > 0)
        fk_script_item(s, "tolerance with lines lw 1 lc rgb gold title 'tolerance'");
    fk_script_end_plot(s);
}

static void write(const fk_result *r, fk_canvas *c)
{
    const fk_comparison *first[PAIRS];
    fk_label name[PAIRS];
    const char *text[PAIRS];
    const size_t n = pairs(r, first);
    for (size_t k = 0; k < n; k++) {
        char title[128];
        snprintf(title, sizeof title, "%s against %s", first[k]->sample,
                 first[k]->reference);
        name[k] = fk_label_clean(title);
        text[k] = name[k].text;
    }
    extent e = write_data(r, n, first, c);
    const double tolerance = r->problem->compare.tolerance;
    e.least = fmin(e.least, tolerance);
    e.most = fmax(e.most, tolerance);
    fk_script s = fk_script_open(c, &fk_figure_budget, 1600, 760);
    fk_script_texts(&s, "pair_name", n, text);
    fk_script_text(&s, "t_label", fk_label_time_axis(r->problem).text);
    fk_script_number(&s, "tolerance", tolerance);
    fk_script_number(&s, "low", pow(10, floor(log10(e.least) - 0.05)));
    fk_script_number(&s, "high", pow(10, ceil(log10(e.most) + 0.05)));
    fk_script_add(&s,
                  "times = %zu\npairs = %zu\n"
                  "left(k) = 0.09 + (k - 1)*0.69/pairs + (k > 1 ? 0.01 : 0)\n"
                  "right(k) = 0.09 + k*0.69/pairs - 0.01\n\n"
                  "set multiplot\nset logscale y\nset format y '10^{%%T}'\n"
                  "set xrange [0.5:times + 0.5]\nset yrange [low:high]\n"
                  "set xlabel t_label noenhanced\nset ylabel 'L1 distance'\n"
                  "set grid ytics lc rgb '#e0e0e0' lw 0.6\n"
                  "set bmargin at screen 0.15\nset tmargin at screen 0.90\n",
                  e.times, n);
    for (size_t k = 0; k < n; k++)
        add_panel(&s, k, n, &e);
    fk_script_add(&s, "unset multiplot\n");
    fk_script_close(c, &fk_figure_budget, &s);
}

static void caption(const fk_result *r, FILE *out)
{
    (void)r;
    fprintf(
        out,
        "Error budget on a logarithmic scale. The measured L1 distance cannot fall "
        "below the noise floor, the distance that sampling alone is expected to make; "
        "systematic parts below it are hidden by the noise.");
}

const fk_figure fk_figure_budget = {
    .name = "budget",
    .kind = FK_STILL,
    .applies = applies,
    .write = write,
    .caption = caption,
};
