/* Private to experiments/.  fokker verify weak FILE: the paths of a problem against an
 * equation, its own or one that somebody has derived, over test functions. */
#ifndef FK_EXPERIMENTS_VERIFY_WEAK_H
#define FK_EXPERIMENTS_VERIFY_WEAK_H

/* argv[0] is "weak"; an exit status of the program. */
int fk_verify_weak(int argc, char **argv);

#endif
