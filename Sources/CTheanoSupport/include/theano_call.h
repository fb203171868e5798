// One call of a compiled function, seen from the host: what stands behind the opaque th_call of theano_host.h.
#ifndef THEANO_CALL_H
#define THEANO_CALL_H

#include <stdint.h>

#include "theano_blas.h"
#include "theano_host.h"
#include "theano_pool.h"

/// Why an entry returned TH_HOST.
enum {
  theano_refusal_none = 0,
  /// There was no memory for the workspace or a result.
  theano_refusal_memory = 1,
  /// A callback failed; its owner knows why.
  theano_refusal_callback = 3,
};

struct th_call {
  /// The threads of parallel loops; null for one thread.
  struct theano_pool *pool;
  /// The products; never null.
  const struct theano_blas *blas;
  /// The scratch memory, kept from call to call.
  void *workspace;
  int64_t workspace_bytes;
  /// Memory that waits for each result, with its shape; null data where there is none. May be null as a whole.
  th_arg *spares;
  /// Whoever allocates results and runs callbacks, and how it does.
  void *owner;
  void *(*allocate)(void *owner, th_i32 index, th_i32 rank, const th_i64 *shape);
  th_i32 (*call_back)(void *owner, th_i32 id, const th_arg *inputs, th_result *outputs);
  /// The first reason to refuse (above), and the number that explains it: bytes, or a callback's id.
  int32_t refusal;
  int64_t refusal_value;
};

/// A call without workspace or owner yet.
void theano_call_init(struct th_call *call, struct theano_pool *pool, const struct theano_blas *blas);

/// Frees the workspace.
void theano_call_destroy(struct th_call *call);

/// Fills the table that generated code calls through. Its functions expect the struct above behind every th_call.
void theano_host_fill(th_host *host, int32_t threads);

#endif
