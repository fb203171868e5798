// SHA-256 (FIPS 180-4): the compilation cache's keys and checksums.
#ifndef THEANO_DIGEST_H
#define THEANO_DIGEST_H

#include <stddef.h>
#include <stdint.h>

struct theano_sha256 {
  uint32_t state[8];
  uint64_t length;
  uint8_t block[64];
};

void theano_sha256_init(struct theano_sha256 *hash);
void theano_sha256_update(struct theano_sha256 *hash, const void *bytes, size_t count);
void theano_sha256_finish(struct theano_sha256 *hash, uint8_t digest[32]);

#endif
