#include "theano_rwlock.h"

#include <pthread.h>
#include <stdlib.h>

struct theano_rwlock {
  pthread_rwlock_t lock;
};

theano_rwlock *theano_rwlock_create(void) {
  theano_rwlock *lock = malloc(sizeof *lock);
  if (lock) pthread_rwlock_init(&lock->lock, 0);
  return lock;
}

void theano_rwlock_destroy(theano_rwlock *lock) {
  if (!lock) return;
  pthread_rwlock_destroy(&lock->lock);
  free(lock);
}

void theano_rwlock_read(theano_rwlock *lock) { pthread_rwlock_rdlock(&lock->lock); }
void theano_rwlock_write(theano_rwlock *lock) { pthread_rwlock_wrlock(&lock->lock); }
void theano_rwlock_unlock(theano_rwlock *lock) { pthread_rwlock_unlock(&lock->lock); }
