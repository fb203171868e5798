#include "theano_rwlock.h"

#include <pthread.h>

// Where waiters sleep: a few rooms for all locks of the process, by address, so that a lock itself stays small. Waiters of
// two locks that share a room are woken together and look again.
#define ROOMS 16
#define ROOM {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER}
#define ROOMS4 ROOM, ROOM, ROOM, ROOM

static struct room {
  pthread_mutex_t door;
  pthread_cond_t bell;
} rooms[ROOMS] = {ROOMS4, ROOMS4, ROOMS4, ROOMS4};

static struct room *room_of(const theano_rwlock *lock) { return &rooms[((uintptr_t)lock >> 4) % ROOMS]; }

// Takes the lock by adding `step` as soon as none of `barred` is set. Whoever cannot leaves word that it waits before it
// sleeps; both happen behind the room's door, which the waker must pass, so no call is missed.
static void enter(theano_rwlock *lock, uint32_t barred, uint32_t step) {
  struct room *room = room_of(lock);
  pthread_mutex_lock(&room->door);
  uint32_t state = __atomic_load_n(&lock->state, __ATOMIC_RELAXED);
  // Whoever was woken competes with the others that were, not with word left by those who sleep again.
  for (;; barred &= ~THEANO_RWLOCK_WAITED) {
    if (!(state & barred)) {
      if (__atomic_compare_exchange_n(&lock->state, &state, state + step, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) break;
    } else if (__atomic_compare_exchange_n(&lock->state, &state, state | THEANO_RWLOCK_WAITED, 0, __ATOMIC_RELAXED,
                                           __ATOMIC_RELAXED)) {
      pthread_cond_wait(&room->bell, &room->door);
      state = __atomic_load_n(&lock->state, __ATOMIC_RELAXED);
    }
  }
  pthread_mutex_unlock(&room->door);
}

void theano_rwlock_read_wait(theano_rwlock *lock) {
  enter(lock, THEANO_RWLOCK_WRITER | (theano_held() ? 0 : THEANO_RWLOCK_WAITED), 1);
}

void theano_rwlock_write_wait(theano_rwlock *lock) {
  enter(lock, THEANO_RWLOCK_WRITER | THEANO_RWLOCK_READERS, THEANO_RWLOCK_WRITER);
}

void theano_rwlock_wake(theano_rwlock *lock) {
  struct room *room = room_of(lock);
  pthread_mutex_lock(&room->door);
  __atomic_fetch_and(&lock->state, ~THEANO_RWLOCK_WAITED, __ATOMIC_RELAXED);
  pthread_cond_broadcast(&room->bell);
  pthread_mutex_unlock(&room->door);
}

static _Thread_local const void *held;

uint32_t theano_holders;

const void *theano_held_here(void) { return held; }

void theano_set_held(const void *now) {
  if (now && !held) __atomic_fetch_add(&theano_holders, 1, __ATOMIC_RELAXED);
  if (!now && held) __atomic_fetch_sub(&theano_holders, 1, __ATOMIC_RELAXED);
  held = now;
}
