// Memory that may be refused.
#ifndef THEANO_MEMORY_H
#define THEANO_MEMORY_H

#include <stddef.h>

/// Allocates memory that is 64-byte aligned; 0 and a block for `free`, or a number other than 0 where there is none.
int theano_allocate(size_t bytes, void **memory);

#endif
