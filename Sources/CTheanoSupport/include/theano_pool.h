// Threads that sleep when idle and share parallel loops with whoever runs them.
#ifndef THEANO_POOL_H
#define THEANO_POOL_H

#include <stdint.h>

struct theano_pool;

typedef void (*theano_body)(void *context, long long begin, long long end);

/// A pool for loops of `threads` threads, the caller's among them; null without memory. Threads are started when the
/// first loop wants them.
struct theano_pool *theano_pool_create(int32_t threads);

/// Ends the threads. No loop may be running.
void theano_pool_destroy(struct theano_pool *pool);

int32_t theano_pool_threads(const struct theano_pool *pool);

/// How many pieces of at least `grain` [0, n) is cut into, and where piece `k` begins: piece k ends where k + 1 begins.
/// Both depend on nothing else.
int32_t theano_pool_pieces(int32_t threads, long long n, long long grain);
long long theano_pool_begin(long long n, int32_t pieces, int32_t k);

/// Runs body over [0, n), cut into pieces; returns when all of them are done. The caller works too, so a loop ends even
/// if no other thread ever helps. Any number of threads may run loops at once. A loop inside another's body runs its
/// pieces in order, on the spot. Without a pool (null) it is one piece.
void theano_pool_run(struct theano_pool *pool, long long n, long long grain, theano_body body, void *context);

typedef void (*theano_errand)(void);

/// Runs an errand once on a thread of its own, which nobody waits for; not at all if no thread can be started.
void theano_run_beside(theano_errand errand);

#endif
