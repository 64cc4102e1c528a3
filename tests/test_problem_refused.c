/* What can be wrong in a problem file, and where the complaint points; test_problem_box has
 * domains and initial laws, test_problem_process processes, test_problem_broken the rest. */
#include "tests/refusal.h"

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
    tcase_add_test(c, numbers_out_of_range_are_refused);
    suite_add_tcase(s, c);
    return run_in_scratch(s);
}
