// What a compiler's "native" means on this machine.
#ifndef THEANO_CPU_H
#define THEANO_CPU_H

#include <stdint.h>

enum { theano_cpu_words = 24 };

/// Fills `words` with everything by which two processors of one architecture may differ in the code that runs on them
/// (model and features); returns how many were filled.
int32_t theano_cpu_identity(uint32_t words[theano_cpu_words]);

#endif
