// The checksum of zip and gzip by the instructions that processors have for it.
#ifndef THEANO_CRC32_H
#define THEANO_CRC32_H

#include <stddef.h>
#include <stdint.h>

/// Feeds the first bytes of a buffer to a running CRC-32 (reflected polynomial 0xEDB88320; the state is not inverted).
///
/// Returns how many bytes were taken: 0 if this processor has no instruction for it or the buffer is short. On return,
/// `state` is the running value after the bytes taken but the last 16 of them, which `rest` replaces: feeding those 16
/// to the state, one by one, completes the work. The caller has the tables for that.
size_t theano_crc32_fold(uint32_t *state, const uint8_t *bytes, size_t count, uint8_t rest[16]);

#endif
