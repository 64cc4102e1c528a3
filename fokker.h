/* Everything public of libfokker, lowest module first. */
#ifndef FK_FOKKER_H
#define FK_FOKKER_H

#include "core/block.h"
#include "core/csv.h"
#include "core/density.h"
#include "core/exponential.h"
#include "core/expr.h"
#include "core/file.h"
#include "core/goodness.h"
#include "core/grid.h"
#include "core/json.h"
#include "core/memory.h"
#include "core/program.h"
#include "core/progress.h"
#include "core/random.h"
#include "core/slope.h"
#include "core/spelling.h"
#include "core/status.h"
#include "core/utf8.h"
#include "core/yaml.h"

#include "solvers/lines.h"
#include "solvers/quadrature.h"
#include "solvers/spline.h"

#include "sde/cell_average.h"
#include "sde/cholesky.h"
#include "sde/law.h"
#include "sde/linear.h"
#include "sde/mixture.h"
#include "sde/problem.h"
#include "sde/problem_file.h"
#include "sde/process.h"
#include "sde/score.h"
#include "sde/sde.h"

#include "pde/bernoulli.h"
#include "pde/evolution.h"
#include "pde/flux.h"
#include "pde/fokker_planck.h"
#include "pde/stepper.h"

#include "sampling/ensemble.h"
#include "sampling/expectation.h"
#include "sampling/halving.h"
#include "sampling/levels.h"
#include "sampling/losses.h"
#include "sampling/reverse.h"
#include "sampling/scheme.h"

#include "plots/exits.h"
#include "plots/order_figure.h"
#include "plots/output.h"
#include "plots/result.h"

#endif
