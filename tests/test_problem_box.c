/* What can be wrong about the domain, the initial law and its data, and where the complaint
 * points. */
#include "tests/refusal.h"

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

int main(void)
{
    Suite *s = suite_create("problem_box");
    TCase *c = tcase_create("problem_box");
    tcase_add_test(c, ends_must_be_boundaries);
    tcase_add_test(c, maps_must_stretch_an_axis);
    tcase_add_test(c, domains_must_be_boxes_of_cells);
    tcase_add_test(c, initial_laws_must_be_laws_inside_the_domain);
    tcase_add_test(c, data_files_are_refused_at_their_line);
    suite_add_tcase(s, c);
    return run_in_scratch(s);
}
