// A lock that readers share and writers have alone.
#ifndef THEANO_RWLOCK_H
#define THEANO_RWLOCK_H

typedef struct theano_rwlock theano_rwlock;

theano_rwlock *theano_rwlock_create(void);
void theano_rwlock_destroy(theano_rwlock *lock);
void theano_rwlock_read(theano_rwlock *lock);
void theano_rwlock_write(theano_rwlock *lock);
void theano_rwlock_unlock(theano_rwlock *lock);

#endif
