/* Private to sde/.
 * The parts of the problem-file reader, shared by its sections and by nobody else.
 *
 * A section takes its node of the tree, checks it and fills its fields of the problem.
 * They run in the order in which names become known: equation (variables, parameters,
 * definitions, drift, noise), time, domain, initial, methods.  Each returns FK_ESYNTAX
 * with a placed sentence, or FK_ENOMEM, and leaves what it made to fk_problem_free. */
#ifndef FK_SDE_PROBLEM_READER_H
#define FK_SDE_PROBLEM_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/expr.h"
#include "core/status.h"
#include "core/yaml.h"
#include "sde/problem.h"
#include "sde/problem_file.h"

enum { FK_PROBLEM_DIM = 100 };   /* the most variables a problem can have */
enum { FK_COLOURED_CELLS = 80 }; /* of a coloured noise whose axis is not given */

typedef struct fk_coloured {
    double tau;
    const fk_expr *tau_expression;
    double mean, sd; /* at the start */
} fk_coloured;

typedef struct fk_problem_reader {
    const char *path; /* of the problem file */
    fk_message *message;
    const fk_yaml *root;
    fk_problem *problem;

    /* what a name in an expression means; the first `total` are the variables */
    size_t n_names, max_names;
    fk_expr_name *name; /* [n_names], the strings belong to the tree or to statics */

    size_t dim;   /* variables that are listed: equations and laws name these */
    size_t total; /* and the coloured noises behind them */
    const fk_expr **variable; /* [total] */
    size_t n_coloured;
    fk_coloured *coloured; /* [n_coloured] */
    const fk_expr *time;
    size_t n_jumps, n_stables;
    fk_jump *jump;     /* [n_jumps] owned, copied by the SDE */
    fk_stable *stable; /* [n_stables] the same */
    size_t n_parameters;
    const fk_expr **parameter; /* [n_parameters] symbols */
    double *value;             /* [n_parameters] */
} fk_problem_reader;

/* ---- the table of keys (problem_keys.c) ---- */

/* Refuses every key that the table does not have. */
FK_NODISCARD fk_status fk_read_known_keys(const fk_problem_reader *r);

/* Fills the fields of all keys "SECTION.*" that the table reads by itself, from the
 * map or, where there is none or it lacks them, from their standard values. */
FK_NODISCARD fk_status fk_read_table(const fk_problem_reader *r, const char *section);

/* "PLACE: PATH: expected WHAT THE TABLE ACCEPTS; found ..." */
fk_status fk_read_refuse(const fk_problem_reader *r, const fk_yaml *node);

/* "PLACE OF SECTION: SECTION: 'KEY' must be given: WHAT THE TABLE ACCEPTS" */
fk_status fk_read_missing(const fk_problem_reader *r, const fk_yaml *section,
                          const char *key);

/* ---- values (problem_value.c) ---- */

/* A map, else refused. */
FK_NODISCARD fk_status fk_read_map(const fk_problem_reader *r, const fk_yaml *node);

/* A text that is not empty, else refused. */
FK_NODISCARD fk_status fk_read_word(const fk_problem_reader *r, const fk_yaml *node);

/* `on` is kept when node is NULL, true for a map, the switch for a text. */
FK_NODISCARD fk_status fk_read_on(const fk_problem_reader *r, const fk_yaml *node,
                                  bool *on);

/* Index of the text among n choices, else refused. */
FK_NODISCARD fk_status fk_read_choice(const fk_problem_reader *r, const fk_yaml *node,
                                      size_t n, const char *const *choice,
                                      size_t *index);

/* Parses the text with all names known so far; the first may use mean values of the law,
 * the second not. */
FK_NODISCARD fk_status fk_read_law_expression(const fk_problem_reader *r,
                                              const fk_yaml *node, const fk_expr **out);
FK_NODISCARD fk_status fk_read_expression(const fk_problem_reader *r,
                                          const fk_yaml *node, const fk_expr **out);

/* Number, or an expression of numbers and parameters; finite. */
FK_NODISCARD fk_status fk_read_real(const fk_problem_reader *r, const fk_yaml *node,
                                    double *x);
FK_NODISCARD fk_status fk_read_whole(const fk_problem_reader *r, const fk_yaml *node,
                                     double least, double most, size_t *n);

/* x[dim]: a list of one number per variable; with one variable a number will do. */
FK_NODISCARD fk_status fk_read_vector(const fk_problem_reader *r, const fk_yaml *node,
                                      double *x);
/* The same, or one number for all. */
FK_NODISCARD fk_status fk_read_spread(const fk_problem_reader *r, const fk_yaml *node,
                                      double *x);
/* a[dim][dim], rows. */
FK_NODISCARD fk_status fk_read_matrix(const fk_problem_reader *r, const fk_yaml *node,
                                      double *a);

/* That a list has one entry per variable; explains commas that split an entry. */
FK_NODISCARD fk_status fk_read_length(const fk_problem_reader *r, const fk_yaml *list,
                                      size_t n);

/* A new name: identifier, not reserved, not taken.  `node` is where it stands. */
FK_NODISCARD fk_status fk_read_new_name(const fk_problem_reader *r, const fk_yaml *node,
                                        bool at_key, const char *name);

/* One more variable behind the others. */
FK_NODISCARD fk_status fk_read_add_variable(fk_problem_reader *r, const char *name,
                                            const char *unit);

/* Makes a name known; there is room for all of them. */
void fk_read_add_name(fk_problem_reader *r, const char *name, const fk_expr *value);

/* Index of the variable of that name, else a sentence with the nearest one. */
FK_NODISCARD fk_status fk_read_variable(const fk_problem_reader *r, const fk_yaml *node,
                                        size_t *index);

/* ---- sections ---- */

FK_NODISCARD fk_status fk_read_equation(fk_problem_reader *r); /* problem_equation.c */
FK_NODISCARD fk_status fk_read_names(fk_problem_reader *r);    /* problem_names.c */
FK_NODISCARD fk_status fk_read_units(fk_problem_reader *r);    /* problem_names.c */
FK_NODISCARD fk_status fk_read_time(fk_problem_reader *r);     /* problem_domain.c */
FK_NODISCARD fk_status fk_read_domain(fk_problem_reader *r);   /* problem_domain.c */
FK_NODISCARD fk_status
fk_read_check_law(const fk_problem_reader *r);                /* with the domain */
FK_NODISCARD fk_status fk_read_initial(fk_problem_reader *r); /* problem_initial.c */
FK_NODISCARD fk_status fk_read_samples(fk_problem_reader *r,  /* problem_samples.c */
                                       const fk_yaml *node);
FK_NODISCARD fk_status fk_read_methods(fk_problem_reader *r); /* problem_methods.c */
FK_NODISCARD fk_status fk_read_compose(fk_problem_reader *r); /* problem_compose.c */

FK_NODISCARD fk_status fk_read_jumps(fk_problem_reader *r);   /* problem_jumps.c */
FK_NODISCARD fk_status fk_read_stables(fk_problem_reader *r); /* problem_jumps.c */

/* ---- stretched axes (problem_stretch.c) ---- */

bool fk_read_infinite(const fk_yaml *node, double *x); /* inf or -inf */

/* Ends and map of an axis whose cells are known; *stretch is the caller's. */
FK_NODISCARD fk_status fk_read_stretch(const fk_problem_reader *r, const fk_yaml *node,
                                       fk_axis *axis, fk_stretch **stretch);

/* What is said of the faces of such an axis; an infinite end has none. */
FK_NODISCARD fk_status fk_read_far_faces(const fk_problem_reader *r,
                                         const fk_yaml *node, const fk_axis *axis,
                                         fk_boundary face[2]);

/* ---- coloured noises (problem_coloured.c) ---- */

FK_NODISCARD fk_status fk_read_coloured_names(fk_problem_reader *r);
FK_NODISCARD fk_status fk_read_coloured(fk_problem_reader *r); /* what they are */

/* Number k: its drift, its noise, the axis if the domain does not give one. */
const fk_expr *fk_coloured_drift(const fk_problem_reader *r, size_t k);
const fk_expr *fk_coloured_noise(const fk_problem_reader *r, size_t k);
fk_axis fk_coloured_axis(const fk_problem_reader *r, size_t k);

/* Puts their law beside the initial law of the other variables. */
FK_NODISCARD fk_status fk_coloured_join(const fk_problem_reader *r);

/* The grid's axes of the variables that are listed; of zeros without a domain. */
fk_grid fk_read_grid(const fk_problem_reader *r); /* problem_domain.c */

/* A Gaussian from a map, a mixture from a list of them, weights divided by their sum;
 * *out is to be freed after a failure too. */
FK_NODISCARD fk_status fk_read_mixture(const fk_problem_reader *r, const fk_yaml *node,
                                       fk_mixture **out);

/* That a mixture lies in the domain: of every axis at most 1 % beyond an open face and
 * 1e-6 beyond a wall. */
FK_NODISCARD fk_status fk_read_inside(const fk_problem_reader *r, const fk_yaml *node,
                                      const fk_mixture *m);

#endif
