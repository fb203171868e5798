// Flushing files, beyond what Swift's own modules of the system know.
#ifndef THEANO_FLUSH_H
#define THEANO_FLUSH_H

#include <stdint.h>

/// Lets the system begin to write bytes of a file to the disk, without waiting for it; nothing where there is no such call.
void theano_start_flushing(int32_t descriptor, int64_t offset, int64_t count);

/// Asks the file system for room for bytes that are about to be written, which makes the file that long; 0, or the error
/// code if there is no room. A system that cannot reserve any says 0.
int32_t theano_reserve(int32_t descriptor, int64_t offset, int64_t count);

#endif
