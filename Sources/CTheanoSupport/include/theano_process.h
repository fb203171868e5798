// Running another program and catching what it says.
#ifndef THEANO_PROCESS_H
#define THEANO_PROCESS_H

#include <stddef.h>
#include <stdint.h>

/// How a program ended.
struct theano_exit {
  /// 0, or the errno of what kept it from being started or waited for.
  int32_t error;
  /// Its exit code; -1 when a signal ended it.
  int32_t code;
  /// The signal that ended it, or 0.
  int32_t signal;
  /// Whether it was ended because it ran too long.
  int32_t timed_out;
  /// How much it wrote, at most the room there was.
  size_t output;
};

/// Runs arguments[0] (a path) with standard input empty and both outputs caught in `output`; what does not fit is read
/// and dropped. The program gets clean signal masks, and is killed after `seconds`.
struct theano_exit theano_run(char *const arguments[], char *const environment[], double seconds, char *output,
                              size_t room);

/// The process's environment (a variable that Swift may not name).
char **theano_environment(void);

#endif
