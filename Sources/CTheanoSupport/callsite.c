#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "include/theano_callsite.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

// The frames are walked by frame pointer: 1 ns a frame where glibc's backtrace takes 100. Swift keeps frame pointers in
// debug and release builds on all its platforms. Code that does not (parts of libc) can only end the walk or add an
// address that no symbol is found for: nothing outside the thread's own stack is read.

static uintptr_t stack_top(void) {
  static _Thread_local uintptr_t top;
  if (top) return top;
#if defined(__APPLE__)
  top = (uintptr_t)pthread_get_stackaddr_np(pthread_self());
#else
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes)) return 0;
  void *low;
  size_t size;
  if (!pthread_attr_getstack(&attributes, &low, &size)) top = (uintptr_t)low + size;
  pthread_attr_destroy(&attributes);
#endif
  return top;
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define UNSANITIZED __attribute__((no_sanitize("address", "thread")))
#endif
#endif
#ifndef UNSANITIZED
#define UNSANITIZED
#endif

UNSANITIZED static uint32_t walk(uintptr_t frame, uintptr_t *addresses) {
  // A frame is the caller's frame pointer and the return address. Swift's async functions mark the saved pointer in
  // bit 60; arm64 may sign the return address in the bits above 47.
  const uintptr_t async_mark = (uintptr_t)1 << 60, address_mask = ((uintptr_t)1 << 47) - 1;
  uintptr_t low = frame, top = stack_top();
  uint32_t count = 0;
  while (count < theano_callsite_depth && frame >= low && frame % sizeof(void *) == 0 && frame < top
         && top - frame >= 2 * sizeof(void *)) {
    const uintptr_t *record = (const uintptr_t *)frame;
    uintptr_t next = record[0] & ~async_mark, address = record[1] & address_mask;
    if (!address) break;
    addresses[count++] = address;
    low = frame + 1;
    frame = next;
  }
  return count;
}

// Equal stacks are kept once, in an open-addressed table that only grows: a program has few places that build
// expressions, however many it builds. Slots go from null to an immutable entry and stay, so no lock is needed.
enum { slots = 1 << 16, limit = slots / 4 * 3, probes = 256 };
static _Atomic(const struct theano_callsite *) table[slots];
static atomic_uint used;

static uint32_t hash_of(const struct theano_callsite *site) {
  uint64_t hash = site->count;
  for (uint32_t i = 0; i < site->count; i++) hash = (hash ^ site->addresses[i]) * 0x9E3779B97F4A7C15u, hash ^= hash >> 29;
  return (uint32_t)(hash ^ hash >> 32);
}

static int same(const struct theano_callsite *a, const struct theano_callsite *b) {
  return a->hash == b->hash && a->count == b->count
         && !memcmp(a->addresses, b->addresses, a->count * sizeof(uintptr_t));
}

__attribute__((noinline)) const struct theano_callsite *theano_callsite_capture(void) {
  struct theano_callsite site;
  site.count = walk((uintptr_t)__builtin_frame_address(0), site.addresses);
  if (!site.count) return 0;
  site.hash = hash_of(&site);
  struct theano_callsite *fresh = 0;
  for (uint32_t probe = 0; probe < probes; probe++) {
    _Atomic(const struct theano_callsite *) *slot = &table[(site.hash + probe) % slots];
    const struct theano_callsite *found = atomic_load_explicit(slot, memory_order_acquire);
    if (!found) {
      if (!fresh) {
        if (atomic_load_explicit(&used, memory_order_relaxed) >= limit) return 0;
        size_t size = offsetof(struct theano_callsite, addresses) + site.count * sizeof(uintptr_t);
        if (!(fresh = malloc(size))) return 0;
        memcpy(fresh, &site, size);
      }
      if (atomic_compare_exchange_strong_explicit(slot, &found, fresh, memory_order_acq_rel, memory_order_acquire)) {
        atomic_fetch_add_explicit(&used, 1, memory_order_relaxed);
        return fresh;
      }
    }
    if (same(found, &site)) {
      free(fresh);
      return found;
    }
  }
  free(fresh);
  return 0;
}
