// Where an expression was written: the return addresses above it, taken fast and turned into lines only when needed.
#ifndef THEANO_CALLSITE_H
#define THEANO_CALLSITE_H

#include <stdint.h>

enum { theano_callsite_depth = 16 };

/// Some return addresses, innermost first. Immutable and never freed: equal stacks are one value.
struct theano_callsite {
  uint32_t count;
  uint32_t hash;
  uintptr_t addresses[theano_callsite_depth];
};

/// The stack above the caller; null when it cannot be read or when 49,152 different stacks have been seen.
const struct theano_callsite *theano_callsite_capture(void);

#endif
