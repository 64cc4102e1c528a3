/* Private to experiments/.
 * The parts of `fokker verify`. */
#ifndef FK_EXPERIMENTS_COMMAND_VERIFY_H
#define FK_EXPERIMENTS_COMMAND_VERIFY_H

#include "experiments/claim.h"

/* `fokker verify weak ...`; argv[0] is "weak". */
int fk_command_verify_weak(int argc, char **argv);

/* The exit status that tells what was found. */
int fk_verify_exit(fk_finding_word w);

#endif
