/* An expression given on the command line, in the names of a problem. */
#ifndef FK_EXPERIMENTS_PROBLEM_EXPRESSION_H
#define FK_EXPERIMENTS_PROBLEM_EXPRESSION_H

#include "core/expr.h"
#include "core/status.h"
#include "sde/problem.h"

/* Over the problem's variables, parameters and t; lives in its pool.  FK_ESYNTAX with a
 * sentence. */
FK_NODISCARD fk_status fk_problem_expression(const fk_problem *p, const char *text,
                                             const fk_expr **out, fk_message *message);

#endif
