#include "theano_rwlock.h"

#include <pthread.h>

// Where waiters sleep. All locks of the process share a few queues, chosen by the lock's address, so that a lock itself is one word.
// Waiters of two locks with the same queue are woken together and check their own lock again.
#define QUEUES 16
#define QUEUE {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER}
#define QUEUES4 QUEUE, QUEUE, QUEUE, QUEUE

static struct queue {
  pthread_mutex_t mutex;
  pthread_cond_t wake;
} queues[QUEUES] = {QUEUES4, QUEUES4, QUEUES4, QUEUES4};

static struct queue *queue_of(const theano_rwlock *lock) { return &queues[((uintptr_t)lock >> 4) % QUEUES]; }

// Takes the lock by adding `step` as soon as none of the bits of `barred` is set. A thread that cannot sets the bit "waited" before it
// sleeps. It does both under the queue's mutex, which the waker locks too, so no wake-up is missed.
static void enter(theano_rwlock *lock, uint32_t barred, uint32_t step) {
  struct queue *queue = queue_of(lock);
  pthread_mutex_lock(&queue->mutex);
  uint32_t state = __atomic_load_n(&lock->state, __ATOMIC_RELAXED);
  // After a wake-up the bit "waited" is no obstacle: it may have been set again by a thread that woke up with this one.
  for (;; barred &= ~THEANO_RWLOCK_WAITED) {
    if (!(state & barred)) {
      if (__atomic_compare_exchange_n(&lock->state, &state, state + step, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) break;
    } else if (__atomic_compare_exchange_n(&lock->state, &state, state | THEANO_RWLOCK_WAITED, 0, __ATOMIC_RELAXED,
                                           __ATOMIC_RELAXED)) {
      pthread_cond_wait(&queue->wake, &queue->mutex);
      state = __atomic_load_n(&lock->state, __ATOMIC_RELAXED);
    }
  }
  pthread_mutex_unlock(&queue->mutex);
}

void theano_rwlock_read_wait(theano_rwlock *lock) {
  enter(lock, THEANO_RWLOCK_WRITER | (theano_held() ? 0 : THEANO_RWLOCK_WAITED), 1);
}

void theano_rwlock_write_wait(theano_rwlock *lock) {
  enter(lock, THEANO_RWLOCK_WRITER | THEANO_RWLOCK_READERS, THEANO_RWLOCK_WRITER);
}

void theano_rwlock_wake(theano_rwlock *lock) {
  struct queue *queue = queue_of(lock);
  pthread_mutex_lock(&queue->mutex);
  __atomic_fetch_and(&lock->state, ~THEANO_RWLOCK_WAITED, __ATOMIC_RELAXED);
  pthread_cond_broadcast(&queue->wake);
  pthread_mutex_unlock(&queue->mutex);
}

static _Thread_local const void *held;

uint32_t theano_holders;

const void *theano_held_here(void) { return held; }

void theano_set_held(const void *now) {
  if (now && !held) __atomic_fetch_add(&theano_holders, 1, __ATOMIC_RELAXED);
  if (!now && held) __atomic_fetch_sub(&theano_holders, 1, __ATOMIC_RELAXED);
  held = now;
}
