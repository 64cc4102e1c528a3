/* The command line, as text for the record. */
#ifndef FK_EXPERIMENTS_COMMAND_LINE_H
#define FK_EXPERIMENTS_COMMAND_LINE_H

/* "fokker NAME ARGUMENT...", to be freed; NULL without memory.  argv[0] is the
 * command's name. */
char *fk_command_line(int argc, char **argv);

#endif
