#include "theano_memory.h"

#include <stdlib.h>

int theano_allocate(size_t bytes, void **memory) { return posix_memalign(memory, 64, bytes); }
