/* Everything that can be wrong in a problem file, and where the complaint points. */
#include "sde/linear.h"
#include "sde/problem_file.h"
#include "tests/problem_text.h"

#define AT "problem.yaml:"

static void check_refused(size_t n, const char *const *setting, const char *expected)
{
    fk_problem *p = NULL;
    fk_message message = {""};
    const fk_status status = fk_problem_read("problem.yaml", n, setting, &p, &message);
    ck_assert_ptr_null(p);
    ck_assert_msg(status == FK_ESYNTAX || status == FK_EIO, "status %d, expected %s",
                  (int)status, expected);
    ck_assert_msg(strncmp(message.text, expected, strlen(expected)) == 0,
                  "\ngot      %s\nexpected %s", message.text, expected);
}

/* One wrong line and how the complaint begins. */
typedef struct wrong {
    size_t line;
    const char *text, *expected;
} wrong;

static void check_all(const char *const *base, const wrong *w)
{
    for (; w->text != NULL; w++) {
        write_lines(base, w->line, w->text);
        check_refused(0, NULL, w->expected);
    }
}

/* ---- what is refused ---- */

START_TEST(wrong_keys_are_named_with_the_right_ones)
{
    static const wrong w[] = {
        {4, "drfit: -x", AT "4:1: drfit: unknown key, did you mean 'drift'? the keys"},
        {9, "qqq: 1", AT "9:1: qqq: unknown key; the keys allowed here: name, about"},
        {9, "pde: {flx: upwind}",
         AT "9:7: pde.flx: unknown key, did you mean 'flux'? the keys allowed here: "
            "method, flux, stepper, step, tolerance, halving"},
        {7, "domain: {x: {from: 0, to: 1, cell: 3}}",
         AT "7:30: domain.x.cell: unknown key, did you mean 'cells'?"},
        {8, "initial: {mixture: [{mean: 0, sd: 1, wieght: 2}]}",
         AT "8:38: initial.mixture.0.wieght: unknown key, did you mean 'weight'?"},
        {8, "initial: {gauss: {mean: 0}}",
         AT "8:11: initial.gauss: unknown key; the keys allowed here: point"},
        {9, "drift: -x", AT "9:1: the key 'drift' is given twice, first in line 4"},
        {9, "domain:", AT "9:1: the key 'domain' is given twice, first in line 7"},
        {0, NULL, NULL},
    };
    check_all(one, w);
}
END_TEST

START_TEST(missing_keys_are_asked_for)
{
    static const wrong w[] = {
        {1, "# none", AT "2:1: 'variables' must be given: list of 1 to 100 names"},
        {4, "# none", AT "1:1: 'drift' must be given (or a 'process'): expression"},
        {5, "# none", AT "1:1: 'noise' must be given: expression"},
        {6, "# none", AT "1:1: 'time' must be given: map, or number (the end)"},
        {6, "time: {start: 0}", AT "6:7: time: 'end' must be given: number > start"},
        {7, "domain: {}", AT "7:9: domain: the variable 'x' must be given"},
        {7, "domain: {x: {from: 0, to: 1}}",
         AT "7:13: domain.x: 'cells' must be given: whole number, 1 to 1e6"},
        {8, "# none", AT "1:1: 'initial' must be given: map with one of"},
        {8, "initial: {gaussian: {sd: 1}}",
         AT "8:21: initial.gaussian: 'mean' must be given"},
        {8, "initial: {gaussian: {mean: 1}}",
         AT "8:21: initial.gaussian: 'sd' must be given"},
        {8, "initial: {uniform: {from: 1}}",
         AT "8:20: initial.uniform: 'to' must be given"},
        {8, "initial: {mixture: [{sd: 1}]}",
         AT "8:21: initial.mixture.0: 'mean' must be given"},
        {8, "initial: {samples: {columns: [a]}}",
         AT "8:20: initial.samples: 'file' must be given"},
        {0, NULL, NULL},
    };
    check_all(one, w);
}
END_TEST

START_TEST(names_must_be_free)
{
    static const wrong w[] = {
        {1, "variables: [x, x]",
         AT "1:16: variables.1: the name 'x' is taken by a variable"},
        {1, "variables: [t]", AT "1:13: variables.0: 't' is time"},
        {1, "variables: [sin]", AT "1:13: variables.0: 'sin' is a function"},
        {1, "variables: [pi]", AT "1:13: variables.0: 'pi' is a constant"},
        {1, "variables: {e: m}", AT "1:13: variables.e: 'e' is a constant"},
        {1, "variables: [2x]", AT "1:13: variables.0: '2x' is no name"},
        {1, "variables: [x-y]", AT "1:13: variables.0: 'x-y' is no name"},
        {1, "variables: []", AT "1:12: variables: expected list of 1 to 100 names"},
        {1, "variables: [[x]]", AT "1:13: variables.0: expected list"},
        {1, "variables:", AT "1:11: variables: expected list"},
        {2, "parameters: {x: 1}", AT "2:14: parameters.x: the name 'x' is taken"},
        {2, "parameters: {D: 1, t: 1}", AT "2:20: parameters.t: 't' is time"},
        {2, "parameters: 3",
         AT "2:13: parameters: expected map of names to values; found "
            "'3'"},
        {2, "parameters: {D: y}", AT "2:17: parameters.D: "},
        {2, "parameters: {D: 2*x}",
         AT "2:17: parameters.D: must be a number, but depends on 'x'"},
        {2, "parameters: {D: t}",
         AT "2:17: parameters.D: must be a number, but depends on "
            "'t'"},
        {2, "parameters: {D: 1/0}",
         AT "2:17: parameters.D: must be a number, but '1/0' is"},
        {2, "parameters: {D: [1]}", AT "2:17: parameters.D: expected number"},
        {2, "parameters: {D: }",
         AT "2:17: parameters.D: expected number or expression of "
            "earlier parameters; found nothing"},
        {3, "define: {D: 3}",
         AT "3:10: define.D: the name 'D' is taken by a parameter"},
        {3, "define: {U: V, V: 1}", AT "3:13: define.U: "},
        {9, "units: {z: m}",
         AT "9:9: units.z: there is no variable 'z'; the variables are: "
            "x"},
        {9, "units: m", AT "9:8: units: expected map"},
        {9, "units: {x: []}", AT "9:12: units.x: expected text; found a list"},
        {0, NULL, NULL},
    };
    check_all(one, w);
}
END_TEST

START_TEST(expressions_are_refused_at_their_column)
{
    static const wrong w[] = {
        {4, "drift: x - sigm", AT "4:12: drift: "},
        {4, "drift: \"x - sigm\"", AT "4:13: drift: "},
        {4, "drift: 'x - sigm'", AT "4:13: drift: "},
        {4, "drift: &d x - sigm", AT "4:15: drift: "},
        {4, "drift: |\n  x - sigm", AT "4:8: drift: "},
        {4, "drift: x - x^^3", AT "4:14: drift: "},
        {4, "drift: [x - sigm]", AT "4:13: drift.0: "},
        {4, "drift: {x: 1}",
         AT "4:8: drift: expected expression, or list of one "
            "expression per variable; found a map"},
        {4, "drift: ", AT "4:7: drift: expected expression"},
        {4, "drift: [x, x]",
         AT "4:8: drift: must have 1 entry, one per variable (x), but has 2"},
        {4, "drift: *x", AT "4:8: found undefined alias; text that starts with * or &"},
        {4, "drift: x > 0 ? 1 : 2", AT "4:18: mapping values are not allowed"},
        {5, "noise: [1, 2]", AT "5:8: noise: must have 1 entry"},
        {5, "noise: {}", AT "5:8: noise: expected expression"},
        {5, "noise: sqrt(2*Q)", AT "5:15: noise: "},
        {9, "exact: exp(-y)", AT "9:13: exact: "},
        {9, "interpretation: Ito",
         AT "9:17: interpretation: unknown word 'Ito', did you "
            "mean 'ito'?"},
        {9, "interpretation: zzzzz",
         AT "9:17: interpretation: expected ito, stratonovich"},
        {9, "process: ou", AT "4:1: drift: the process 'ou' has its own"},
        {0, NULL, NULL},
    };
    check_all(one, w);
}
END_TEST

START_TEST(lists_must_fit_the_variables)
{
    static const wrong w[] = {
        {4, "drift: -x", AT "4:8: drift: expected expression, or list"},
        {4, "drift: [max(x,y), -x]",
         AT
         "4:8: drift: must have 2 entries, one per variable (x, y), but has 3; a comma "
         "splits an entry unless it stands in quotes"},
        {4, "drift: [x]",
         AT "4:8: drift: must have 2 entries, one per variable (x, y), but has 1"},
        {5, "noise: 1", AT "5:8: noise: expected expression (one variable), list"},
        {5, "noise: [[1, 2], [3]]",
         AT "5:17: noise.1: a row of 1 entries, but the first row has 2"},
        {5, "noise: [[1, 2], 3]", AT "5:17: noise.1: expected a row"},
        {5, "noise: [[], []]", AT "5:9: noise.0: expected a row"},
        {5, "noise: [1, [2]]", AT "5:12: noise.1: expected expression"},
        {5, "noise: [1, 2, 3]", AT "5:8: noise: must have 2 entries"},
        {8, "initial: {point: 1}",
         AT "8:18: initial.point: expected list of one number"},
        {8, "initial: {point: [1]}", AT "8:18: initial.point: must have 2 entries"},
        {8, "initial: {point: [1, x]}",
         AT "8:22: initial.point.1: must be a number, but depends on 'x'"},
        {8, "initial: {gaussian: {mean: [0, 0], sd: [1]}}",
         AT "8:40: initial.gaussian.sd: must have 2 entries"},
        {8, "initial: {gaussian: {mean: [0, 0], cov: [[1, 0]]}}",
         AT "8:41: initial.gaussian.cov: must have 2 entries"},
        {8, "initial: {gaussian: {mean: [0, 0], cov: [1, 0]}}",
         AT "8:42: initial.gaussian.cov.0: expected symmetric"},
        {0, NULL, NULL},
    };
    check_all(two, w);
}
END_TEST

START_TEST(times_must_ascend)
{
    static const wrong w[] = {
        {6, "time: {end: 0}", AT "6:13: time.end: must be greater than the start, 0"},
        {6, "time: {start: 2, end: 1}",
         AT "6:23: time.end: must be greater than the start"},
        {6, "time: {end: 1, output: [0.5, 0.5]}",
         AT "6:30: time.output.1: must be greater than the one before, 0.5"},
        {6, "time: {end: 1, output: [0]}",
         AT "6:25: time.output.0: must lie after the start, 0"},
        {6, "time: {end: 1, output: [2]}",
         AT "6:25: time.output.0: must not lie after the end, 1"},
        {6, "time: {end: 1, output: 0}",
         AT "6:24: time.output: expected list of ascending"},
        {6, "time: {end: 1, output: 1.5}", AT "6:24: time.output: expected list"},
        {6, "time: {end: 1, output: []}", AT "6:24: time.output: expected list"},
        {6, "time: {end: soon}", AT "6:13: time.end: "},
        {6, "time: []",
         AT "6:7: time: expected map, or number (the end); found a list"},
        {6, "time:", AT "6:6: time: expected map, or number (the end); found nothing"},
        {0, NULL, NULL},
    };
    check_all(one, w);
}
END_TEST

/* Mean values of the law are for the equation. */
START_TEST(laws_belong_into_the_equation)
{
    static const wrong w[] = {
        {9, "killing: mean(x)\nparticles: off",
         AT
         "9:10: killing: drift and noise alone may depend on mean values of the law"},
        {9, "exact: var(x)", AT "9:8: exact: drift and noise alone"},
        {4, "drift: conv(x*t)",
         AT "4:8: drift: the kernel of conv() must be finite and"},
        {4, "drift: conv(abs(x)*mean(x))", AT "4:8: drift: the kernel of conv()"},
        {4, "drift: conv(log(x))", AT "4:8: drift: the kernel of conv()"},
        {3, "define: {U: x^4/4 - mean(x)}\nkilling: U\nparticles: off",
         AT "4:10: killing: drift and noise alone"},
        {8, "initial: {density: exp(-x^2) + 0*t + mean(x)^2}",
         AT "8:20: initial.density: drift and noise alone"},
        {7, "domain: {x: {from: -3, to: 3, cells: 6, boundary: {partial: mean(x)^2}}}",
         AT "7:61: domain.x.boundary.partial: drift and noise alone"},
        {0, NULL, NULL},
    };
    check_all(one, w);
}
END_TEST

START_TEST(ends_must_be_boundaries)
{
    static const wrong w[] = {
        {7, "domain: {x: {from: -3, to: 3, cells: 6, boundary: wall}}",
         AT "7:51: domain.x.boundary: expected reflecting, absorbing, periodic, open "
            "or {partial: kappa}"},
        {7, "domain: {x: {from: -3, to: 3, cells: 6, boundary: {partial: -1}}}",
         AT "7:61: domain.x.boundary.partial: expected number >= 0"},
        {7, "domain: {x: {from: -3, to: 3, cells: 6, boundary: [open, {part: 1}]}}",
         AT "7:59: domain.x.boundary.1.part: unknown key"},
        {7, "domain: {x: {from: -3, to: 3, cells: 6, boundary: reflectin}}",
         AT "7:51: domain.x.boundary: unknown word 'reflectin', did you mean "
            "'reflecting'?"},
        {7, "domain: {x: {from: -3, to: 3, cells: 6, boundary: [open, periodic]}}",
         AT "7:51: domain.x.boundary: periodic glues both ends together"},
        {7, "domain: {x: {from: -3, to: 3, cells: 6, boundary: [open]}}",
         AT "7:51: domain.x.boundary: expected reflecting"},
        {7, "domain: {x: {from: -1 + t, to: 1 - t, cells: 6}}",
         AT "7:13: domain.x: at t = "},
        {7, "domain: {x: {from: -9, to: 9 - t, cells: 6, boundary: periodic}}",
         AT "7:9: domain: periodic ends cannot move with t"},
        {7, "domain: {x: {from: -9, to: 9 - t, cells: 6}}\nkilling: 1",
         AT "7:13: domain.x: ends that move with t go neither with jumps nor with "
            "killing or "
            "a source"},
        {7, "domain: {x: {from: -9, to: x + t, cells: 6}}",
         AT "7:28: domain.x.to: must be a number"},
        {0, NULL, NULL},
    };
    check_all(one, w);
}
END_TEST

START_TEST(maps_must_stretch_an_axis)
{
    static const wrong w[] = {
        {7, "domain: {x: {map: exp(u), from: 1, to: inf, cells: 9}}",
         AT "7:19: domain.x.map: the map does not reach inf at a finite u"},
        {7, "domain: {x: {map: -u, from: -1, to: 1, cells: 9}}",
         AT "7:19: domain.x.map: the map must be finite and increase with u"},
        {7, "domain: {x: {map: u + x, from: -1, to: 1, cells: 9}}",
         AT "7:19: domain.x.map: may depend on u and parameters alone, not on 'x'"},
        {7, "domain: {x: {map: t*u, from: -1, to: 1, cells: 9}}",
         AT "7:19: domain.x.map: may depend on u and parameters alone, not on 't'"},
        {7, "domain: {x: {map: v, from: -1, to: 1, cells: 9}}",
         AT "7:19: domain.x.map: unknown name 'v'"},
        {7, "domain: {x: {map: u, from: 1, to: 1, cells: 9}}",
         AT "7:35: domain.x.to: must be greater than from, 1"},
        {7, "domain: {x: {from: -inf, to: 1, cells: 9}}",
         AT "7:20: domain.x.from: an infinite end needs a map that reaches it"},
        {7, "domain: {x: {map: u, from: 1 + t, to: 3, cells: 9}}",
         AT "7:28: domain.x.from: must be a number, but depends on 't'"},
        {7, "domain: {x: {map: u, from: -3, to: 3, cells: 9, boundary: periodic}}",
         AT "7:59: domain.x.boundary: periodic ends do not go together with a map"},
        {7, "domain: {x: {map: tan(u), from: -3, to: 3, cells: 9}}\nreverse: on",
         AT "8:1: reverse: the way back needs axes without a map"},
        {0, NULL, NULL},
    };
    check_all(one, w);
    write_lines(one, 2, "parameters: {D: 0.25, u: 2}");
    check_refused(
        1, (const char *const[]){"domain={x: {map: u, from: -3, to: 3, cells: 9}}"},
        "setting 'domain={x: {map: u, from: -3, to: 3, cells: 9}}': domain.x.map: "
        "a map is an expression of u, and here u has");
    write_lines(one, 4, "drift: conv(-x/(1 + x^2))");
    check_refused(
        1,
        (const char *const[]){"domain={x: {map: sinh(u), from: -3, to: 3, cells: 9}}"},
        AT "4:8: drift: conv() needs axes without a map");
}
END_TEST

START_TEST(domains_must_be_boxes_of_cells)
{
    static const wrong w[] = {
        {7, "domain: {y: [0, 1, 2]}",
         AT "7:10: domain.y: there is no variable 'y'; the variables are: x"},
        {7, "domain: {x: [0, 1]}",
         AT "7:13: domain.x: expected map, or short [from, to, "
            "cells]; found a list"},
        {7, "domain: 3", AT "7:9: domain: expected map"},
        {7, "domain: {x: [3, -3, 60]}",
         AT "7:17: domain.x.to: must be greater than from, 3"},
        {7, "domain: {x: [-3, 3, 0]}",
         AT "7:21: domain.x.cells: expected whole number, 1 "
            "to 1e6"},
        {7, "domain: {x: [-3, 3, 2e6]}",
         AT "7:21: domain.x.cells: expected whole number"},
        {7, "domain: {x: [-3, 3, 1.5]}",
         AT "7:21: domain.x.cells: expected whole number"},
        {7, "domain: {x: [-3, 3, many]}", AT "7:21: domain.x.cells: "},
        {7, "domain: {x: [1e9, 1000000000.0001, 1e6]}",
         AT "7:13: domain.x: a cell would be"},
        {7, "domain: {x: [-1e308, 1e308, 10]}", AT "7:13: domain.x: a cell would be"},
        {7, "# none", AT "1:1: without a 'domain' there is no grid for the density"},
        {7, "pde: {tolerance: 1e-3}",
         AT "7:6: pde: without a 'domain' there is no grid"},
        {0, NULL, NULL},
    };
    check_all(one, w);
    static const wrong w2[] = {
        {7, "domain: {x: [-3, 3, 1e6], y: [-4, 4, 1000]}",
         AT
         "7:9: domain: 1000000000 cells in all; at most 2^27 = 134217728 are possible"},
        {7, "domain: {x: [-3, 3, 60]}",
         AT "7:9: domain: the variable 'y' must be given"},
        {0, NULL, NULL},
    };
    check_all(two, w2);
    static const char *const four[] = {
        "variables: [a, b, c, d]",
        "drift: [0, 0, 0, 0]",
        "noise: 0",
        "time: 1",
        "initial: {point: [0, 0, 0, 0]}",
        "domain: {a: [-1, 1, 2], b: [-1, 1, 2], c: [-1, 1, 2], d: [-1, 1, 2]}",
        NULL};
    write_lines(four, 0, NULL);
    check_refused(0, NULL,
                  AT "6:9: domain: a grid has at most 3 variables, here are 4; "
                     "leave 'domain' out and write 'pde: off'");
}
END_TEST

START_TEST(initial_laws_must_be_laws_inside_the_domain)
{
    static const wrong w[] = {
        {8, "initial: {point: 5}",
         AT "8:18: initial.point: 1 of the mass lies outside the domain, beyond x = 3"},
        {8, "initial: {point: 3}",
         AT "8:18: initial.point: 1 of the mass lies outside"},
        {8, "initial: {gaussian: {mean: 0, sd: 3}}",
         AT "8:21: initial.gaussian: 0.16 of the mass lies outside the domain"},
        {8, "initial: {gaussian: {mean: 0, sd: -1}}",
         AT "8:35: initial.gaussian.sd: expected number >= 0"},
        {8, "initial: {gaussian: {mean: 0, sd: 1, cov: 1}}",
         AT "8:38: initial.gaussian.cov: give either 'sd' or 'cov'"},
        {8, "initial: {gaussian: {mean: 0, cov: -1}}",
         AT "8:36: initial.gaussian.cov: is not positive semidefinite"},
        {8, "initial: {mixture: [{mean: 0, sd: 1, weight: 0}]}",
         AT "8:46: initial.mixture.0.weight: expected number > 0; found '0'"},
        {8, "initial: {mixture: []}",
         AT "8:20: initial.mixture: expected list of maps"},
        {8, "initial: {mixture: [3]}",
         AT "8:21: initial.mixture.0: expected list of maps"},
        {8, "initial: {uniform: {from: 1, to: 1}}",
         AT "8:34: initial.uniform.to: must be greater than from: x = 1 to 1"},
        {8, "initial: {uniform: {from: -4, to: 1}}",
         AT "8:20: initial.uniform: reaches outside the domain: x = -4 to 1"},
        {8, "initial: {density: x + t}",
         AT "8:20: initial.density: may not depend on 't'"},
        {8, "initial: {density: x}", AT "8:20: initial.density: "},
        {8, "initial: {density: 0}", AT "8:20: initial.density: "},
        {8, "initial: {density: log(x)}", AT "8:20: initial.density: "},
        {8, "initial: {density: 1, point: 0}",
         AT "8:10: initial: expected exactly one law"},
        {8, "initial: {}", AT "8:10: initial: expected exactly one law"},
        {8, "initial: 3", AT "8:10: initial: expected map with one of"},
        {0, NULL, NULL},
    };
    check_all(one, w);
    static const wrong w2[] = {
        {8, "initial: {gaussian: {mean: [0, 0], cov: [[0.1, 0.2], [0.2, 0.1]]}}",
         AT "8:41: initial.gaussian.cov: is not positive semidefinite: its least "
            "eigenvalue "
            "is -0.1"},
        {8, "initial: {gaussian: {mean: [0, 0], cov: [[0.1, 0], [0.2, 0.1]]}}",
         AT
         "8:41: initial.gaussian.cov: is not symmetric: 0.2 in row 2, column 1, but 0 "
         "across"},
        {0, NULL, NULL},
    };
    check_all(two, w2);

    /* a wall keeps its side of the law, free space may lose a little */
    write_lines(one, 8, "initial: {gaussian: {mean: 0, sd: 1}}");
    fk_problem_free(read_with(0, NULL));
    static const char *const wall[] = {
        "domain.x={from: -3, to: 3, cells: 60, boundary: reflecting}"};
    check_refused(1, wall,
                  AT "8:21: initial.gaussian: 0.0013 of the mass lies outside the "
                     "domain, beyond x = -3; at most 1e-6 may, the end is "
                     "reflecting");
}
END_TEST

START_TEST(data_files_are_refused_at_their_line)
{
    static const wrong w[] = {
        {0, "", AT "8:27: initial.samples.file: d.csv:1: no line of column names"},
        {0, "a,x\n", AT "8:27: initial.samples.file: d.csv:2: no rows below"},
        {0, "a,x\n1,2\n3\n", AT "8:27: initial.samples.file: d.csv:3: 1 cells, but 2"},
        {0, "#\na,xx\n1,2\n",
         AT "8:27: initial.samples.file: d.csv:2: there is no column "
            "'x', did you mean 'xx'?"},
        {0, "a,x\n1,2z\n",
         AT "8:27: initial.samples.file: d.csv:2: column 'x': '2z' is not "
            "a finite number"},
        {0, "a,x\n1,nan\n",
         AT "8:27: initial.samples.file: d.csv:2: column 'x': 'nan'"},
        {0, "a,x\n1,\n", AT "8:27: initial.samples.file: d.csv:2: column 'x': ''"},
        {0, "a,x\n\"1,2\n",
         AT "8:27: initial.samples.file: d.csv:2: a quote is not closed"},
        {0, "a,x\n\"1\"2,2\n",
         AT "8:27: initial.samples.file: d.csv:2: a quote is not closed"},
        {0, "a,x\n1,2\n\n1,7\n",
         AT
         "8:20: initial.samples: the point of line 4 of d.csv lies outside the domain"},
        {0, NULL, NULL},
    };
    write_lines(one, 8, "initial: {samples: {file: d.csv}}");
    for (const wrong *c = w; c->text != NULL; c++) {
        write_file("d.csv", c->text, strlen(c->text));
        check_refused(0, NULL, c->expected);
    }
    write_lines(one, 8, "initial: {samples: {file: none.csv}}");
    check_refused(0, NULL,
                  AT "8:27: initial.samples.file: none.csv: cannot be opened: No "
                     "such file");
    write_file("d.csv", "x\n1\n1\n", 6);
    static const wrong k[] = {
        {8, "initial: {samples: {file: d.csv, bandwidth: 0}}",
         AT "8:45: initial.samples.bandwidth: expected number > 0"},
        {8, "initial: {samples: {file: d.csv, bandwidth: silver}}",
         AT "8:45: initial.samples.bandwidth: "},
        {8, "initial: {samples: {file: d.csv, bandwidth: silverman}}",
         AT "8:45: initial.samples.bandwidth: all values of 'x' are the same"},
        {8, "initial: {samples: {file: d.csv, standardize: yes}}",
         AT "8:47: initial.samples.standardize: the standard deviation of 'x' is 0"},
        {8, "initial: {samples: {file: d.csv, standardize: 3}}",
         AT "8:47: initial.samples.standardize: expected true or false"},
        {8, "initial: {samples: {file: d.csv, columns: [a, b]}}",
         AT "8:43: initial.samples.columns: must have 1 entry"},
        {8, "initial: {samples: {file: [d.csv]}}",
         AT "8:27: initial.samples.file: expected path"},
        {0, NULL, NULL},
    };
    check_all(one, k);
}
END_TEST

START_TEST(numbers_out_of_range_are_refused)
{
    static const wrong w[] = {
        {9, "particles: {count: 0}",
         AT "9:20: particles.count: expected whole number, 1 to "
            "1e12; found '0'"},
        {9, "particles: {count: 1.5}",
         AT "9:20: particles.count: expected whole number"},
        {9, "particles: {count: 1e13}",
         AT "9:20: particles.count: expected whole number"},
        {9, "particles: {step: 0}", AT "9:19: particles.step: expected number from"},
        {9, "particles: {step: 1.1}", AT "9:19: particles.step: expected number from"},
        {9, "particles: {step: 1e-10}",
         AT "9:19: particles.step: expected number from"},
        {9, "particles: {seed: -1}",
         AT "9:19: particles.seed: expected whole number, 0 to"},
        {9, "particles: {seed: 18446744073709551616}",
         AT "9:19: particles.seed: expected"},
        {9, "particles: {halving: 2}",
         AT "9:22: particles.halving: expected number, 0 to 1"},
        {9, "particles: {kernel: maybe}",
         AT "9:21: particles.kernel: expected true or false"},
        {9, "particles: {scheme: A B}",
         AT "9:21: particles.scheme: expected name of a "
            "scheme"},
        {9, "particles: {scheme: aaaaaaaaaabbbbbbbbbbcccccccccc12}",
         AT "9:21: particles.scheme: expected name"},
        {9, "particles: maybe", AT "9:12: particles: expected map, on or off"},
        {9, "pde: {tolerance: 0}",
         AT "9:18: pde.tolerance: expected number, 1e-14 to 1"},
        {9, "pde: {step: often}", AT "9:13: pde.step: "},
        {9, "pde: []", AT "9:6: pde: expected map, on or off; found a list"},
        {9, "compare: {power: 1}", AT "9:18: compare.power: expected number, 0.5 to"},
        {9, "compare: off", AT "9:10: compare: expected map; found 'off'"},
        {9, "output: {frames: 1}",
         AT "9:18: output.frames: expected whole number, 2 to"},
        {9, "particles: off\npde: off", AT "10:6: pde: particles and pde are both off"},
        {9, "reverse: {score: [exact]}",
         AT "9:19: reverse.score.0: the exact score needs"},
        {9, "reverse: {score: []}",
         AT "9:18: reverse.score: expected list of grid, exact"},
        {9, "reverse: {score: [gird]}",
         AT "9:19: reverse.score.0: unknown word 'gird'"},
        {9, "reverse: {steps: 0}",
         AT "9:18: reverse.steps: expected whole number, 1 to"},
        {9, "reverse: on\npde: off", AT "9:1: reverse: no score to go back by"},
        {5, "noise: x\nreverse: on", AT "6:1: reverse: the way back needs a noise"},
        {4, "drift: mean(x)\nreverse: on",
         AT
         "5:1: reverse: there is no way back for paths that depend on their own law"},
        {9, "name: a b", AT "9:7: name: expected letters, digits, - and _"},
        {9, "name: ''", AT "9:7: name: expected letters"},
        {9, "about: [a]", AT "9:8: about: expected text; found a list"},
        {0, NULL, NULL},
    };
    check_all(one, w);
}
END_TEST

START_TEST(processes_are_named_and_parametrised)
{
    static const char *const ou[] = {"process: ou", "variables: [x]",      "time: 1",
                                     "pde: off",    "initial: {point: 0}", "# end",
                                     NULL};
    static const wrong w[] = {
        {1, "process: uo", AT "1:10: process: there is no process 'uo'; did you mean"},
        {1, "process: nothinglikeit",
         AT "1:10: process: there is no process "
            "'nothinglikeit'; see `fokker list processes`"},
        {1, "process: [ou]", AT "1:10: process: expected name of a process"},
        {2, "# none", AT "1:1: 'variables' must be given"},
        {2, "variables: [theta]", AT "1:10: process: the name 'theta' is taken"},
        {6, "parameters: {thetta: 1}",
         AT
         "6:14: parameters.thetta: the process 'ou' has no parameter 'thetta', did you "
         "mean 'theta'? its parameters: theta"},
        {6, "parameters: {theta: 2*y}", AT "6:23: parameters.theta: "},
        {6, "parameters: {theta: 1/0}",
         AT "6:21: parameters.theta: the parameter 'theta' "
            "is inf"},
        {6, "noise: 1", AT "6:1: noise: the process 'ou' has its own"},
        {0, NULL, NULL},
    };
    check_all(ou, w);
    fk_problem *p = read_line(ou, 6, "parameters: {theta: 2}");
    const double x = 0.7;
    const fk_expr *s[8] = {p->sde->variable[0]};
    double v[8] = {x};
    for (size_t i = 0; i < p->sde->n_parameters; i++) {
        s[i + 1] = p->sde->parameter[i];
        v[i + 1] = p->sde->value[i];
    }
    const double drift =
        fk_expr_value(p->sde->drift[0], p->sde->n_parameters + 1, s, v);
    ck_assert_double_eq_tol(drift, -1.4, 1e-15);
    ck_assert(fk_sde_linear(p->sde));
    fk_problem_free(p);

    /* each variable has its own line and its own noise */
    static const char *const plane[] = {
        "process: ou", "variables: [x, y]",        "time: 1",
        "pde: off",    "initial: {point: [0, 0]}", NULL};
    p = read_line(plane, 0, NULL);
    double g;
    ck_assert(!fk_expr_depends(p->sde->drift[1], p->sde->variable[0]));
    ck_assert(fk_expr_depends(p->sde->drift[1], p->sde->variable[1]));
    ck_assert(fk_expr_is_number(p->sde->noise[1], &g) && g == 0.0);
    ck_assert(fk_expr_is_number(p->sde->noise[2], &g) && g == 0.0);
    ck_assert_ptr_eq(p->sde->noise[0], p->sde->noise[3]);
    fk_problem_free(p);

    static const char *const langevin[] = {"process: langevin",
                                           "variables: [position, velocity]",
                                           "time: 1",
                                           "pde: off",
                                           "initial: {point: [0, 0]}",
                                           "parameters: {force: position - position^3}",
                                           NULL};
    p = read_line(langevin, 0, NULL);
    ck_assert(fk_expr_depends(p->sde->drift[1], p->sde->variable[0]));
    ck_assert(!fk_expr_depends(p->sde->drift[0], p->sde->variable[0]));
    fk_problem_free(p);
    static const wrong l[] = {
        {2, "variables: [x]",
         AT "2:12: variables: the process 'langevin' has 2 variables, "
            "but here are 1"},
        {6, "parameters: {force: x}", AT "6:21: parameters.force: "},
        {0, NULL, NULL},
    };
    check_all(langevin, l);
}
END_TEST

START_TEST(files_that_are_no_problem)
{
    fk_problem *p;
    fk_message message;
    ck_assert_int_eq(fk_problem_read("none.yaml", 0, NULL, &p, &message), FK_EIO);
    ck_assert_str_eq(message.text,
                     "none.yaml: cannot be opened: No such file or directory");
    ck_assert_int_eq(fk_problem_read("/", 0, NULL, &p, &message), FK_EIO);
    write_file("problem.yaml", "", 0);
    check_refused(0, NULL, AT "1:1: 'variables' must be given");
    write_file("problem.yaml", "- a\n", 4);
    check_refused(0, NULL, AT "1:1: a problem is a map of keys");
    write_file("problem.yaml", "a", 1);
    check_refused(0, NULL, AT "1:1: a problem is a map of keys");
}
END_TEST

START_TEST(settings_are_refused_with_their_text)
{
    static const char *const w[][2] = {
        {"particles.count=0",
         "setting 'particles.count=0': particles.count: expected whole"},
        {"particles.cuont=1",
         "setting 'particles.cuont=1': particles.cuont: unknown key, "
         "did you mean 'count'?"},
        {"drift=x - sigm", "setting 'drift=x - sigm': drift: "},
        {"drift=[1, 2", "setting 'drift=[1, 2': did not find expected ',' or ']'"},
        {"drift", "setting 'drift': must be KEY=VALUE"},
        {"=3", "setting '=3': the key '' has an empty part"},
        {"a..b=3", "setting 'a..b=3': the key 'a..b' has an empty part"},
        {"params.=3", "setting 'params.=3': the key 'parameters.' has an empty part"},
        {"drift.0=3",
         "setting 'drift.0=3': drift is '-diff(U, x)', which has no entry"},
        {"variables.5=y",
         "setting 'variables.5=y': variables is a list of 1: '5' must be"},
        {"time.end=",
         "setting 'time.end=': time.end: expected number > start; found nothing"},
        {"pde=maybe",
         "setting 'pde=maybe': pde: expected map, on or off; found 'maybe'"},
        {"domain.x.to=-5", "setting 'domain.x.to=-5': domain.x.to: must be greater"},
    };
    write_lines(one, 0, NULL);
    for (size_t i = 0; i < sizeof w / sizeof *w; i++)
        check_refused(1, &w[i][0], w[i][1]);
}
END_TEST

/* ---- any bytes ---- */

static uint64_t next(uint64_t *s)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s;
}

static size_t mutate(char *text, size_t n, size_t most, uint64_t *s)
{
    static const char *const token[] = {"{",     "}",   "[",  "]",  ": ",  "-",
                                        "\"",    "'",   "\n", "*",  "&a ", ",",
                                        "1e999", "nan", "0",  "-1", "#",   "diff("};
    const size_t edits = 1 + next(s) % 3;
    for (size_t k = 0; k < edits && n > 0; k++) {
        const size_t i = next(s) % n;
        const char *insert = token[next(s) % (sizeof token / sizeof *token)];
        const size_t length = strlen(insert);
        switch (next(s) % 4) {
        case 0: /* truncate */
            if (next(s) % 8 == 0)
                n = i;
            break;
        case 1: /* another byte */
            text[i] = (char)next(s);
            break;
        case 2: /* delete */
            memmove(text + i, text + i + 1, n - i - 1);
            n--;
            break;
        default: /* insert */
            if (n + length <= most) {
                memmove(text + i + length, text + i, n - i);
                memcpy(text + i, insert, length);
                n += length;
            }
        }
    }
    return n;
}

START_TEST(broken_files_are_answered_not_crashed_on)
{
    static const char *const base[] = {
        "name: double_well",
        "about: Relaxation.",
        "variables: [x, y]",
        "parameters: {D: 0.25, s: 2*D}",
        "define: {U: x^4/4 - x^2/2 + y^2}",
        "drift: [\"-diff(U, x)\", \"-diff(U, y)\"]",
        "noise: [[1, 0], [x, 1]]",
        "interpretation: stratonovich",
        "time: {start: 0, end: 5, output: [0.25, 1, 5]}",
        "domain: {x: {from: -3, to: 3, cells: 12, boundary: open}, y: [-4, 4, 12]}",
        "initial: {mixture: [{mean: [0, 0], sd: 0.2}, {weight: 2, mean: [1, 1], cov: "
        "[[0.1, 0], [0, 0.1]]}]}",
        "particles: {count: 1e6, step: 1e-3, seed: 1, halving: 0.1}",
        "pde: {flux: upwind, tolerance: 1e-5}",
        "exact: \"exp(-x^2/(1 + t))\"",
        "units: {x: m, t: s}",
        NULL};
    char text[8000], original[4000] = "";
    for (size_t i = 0; base[i] != NULL; i++) {
        strcat(original, base[i]);
        strcat(original, "\n");
    }
    uint64_t s = 2463534242;
    size_t read = 0;
    for (int round = 0; round < 2000; round++) {
        strcpy(text, original);
        const size_t n = mutate(text, strlen(text), sizeof text, &s);
        write_file("problem.yaml", text, n);
        fk_problem *p = NULL;
        fk_message message = {""};
        const fk_status status = fk_problem_read("problem.yaml", 0, NULL, &p, &message);
        if (status == FK_OK)
            read++;
        else
            ck_assert_msg(status == FK_ESYNTAX && strncmp(message.text, AT, 13) == 0,
                          "status %d: %s", (int)status, message.text);
        fk_problem_free(p);
    }
    ck_assert_uint_gt(read, 50); /* some mutations only touch prose */
    ck_assert_uint_lt(read, 1500);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("problem_refused");
    TCase *c = tcase_create("problem_refused");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, wrong_keys_are_named_with_the_right_ones);
    tcase_add_test(c, missing_keys_are_asked_for);
    tcase_add_test(c, names_must_be_free);
    tcase_add_test(c, laws_belong_into_the_equation);
    tcase_add_test(c, expressions_are_refused_at_their_column);
    tcase_add_test(c, lists_must_fit_the_variables);
    tcase_add_test(c, times_must_ascend);
    tcase_add_test(c, ends_must_be_boundaries);
    tcase_add_test(c, maps_must_stretch_an_axis);
    tcase_add_test(c, domains_must_be_boxes_of_cells);
    tcase_add_test(c, initial_laws_must_be_laws_inside_the_domain);
    tcase_add_test(c, data_files_are_refused_at_their_line);
    tcase_add_test(c, numbers_out_of_range_are_refused);
    tcase_add_test(c, processes_are_named_and_parametrised);
    tcase_add_test(c, files_that_are_no_problem);
    tcase_add_test(c, settings_are_refused_with_their_text);
    tcase_add_test(c, broken_files_are_answered_not_crashed_on);
    suite_add_tcase(s, c);
    return run_in_scratch(s);
}
