#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "include/theano_pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

// A loop in progress. It lives on its caller's stack: `helpers` counts, under the pool's lock, the threads that may
// still look at it, and the caller stays until there are none.
struct job {
  struct job *next;
  theano_body body;
  void *context;
  long long n;
  int32_t pieces;
  int32_t helpers;
  atomic_int taken;
  atomic_int helping;  // a copy of helpers that the caller can watch without the lock
};

struct theano_pool {
  int32_t threads;
  pthread_mutex_t lock;
  pthread_cond_t work, done;
  struct job *jobs;    // loops in progress, oldest first
  atomic_uint posted;  // how many loops there have been, for threads that look before they sleep
  int32_t started, asleep, stopping;
  pthread_t *workers;
};

// How often an idle thread looks again before it sleeps: about 20 us, the time in which the next loop of the same
// program usually comes. A wake-up costs more than that.
enum { patience = 1000 };

static _Thread_local int inside;

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

int32_t theano_pool_pieces(int32_t threads, long long n, long long grain) {
  if (n <= 0) return 0;
  long long most = n / (grain > 0 ? grain : 1);
  return most <= 1 ? 1 : most < threads ? (int32_t)most : threads;
}

long long theano_pool_begin(long long n, int32_t pieces, int32_t k) {
  // The first n % pieces pieces are longer by one; no product can overflow.
  long long rest = n % pieces;
  return n / pieces * k + (k < rest ? k : rest);
}

static void take_pieces(struct job *job) {
  int saved = inside, k;
  inside = 1;
  while ((k = atomic_fetch_add_explicit(&job->taken, 1, memory_order_acq_rel)) < job->pieces)
    job->body(job->context, theano_pool_begin(job->n, job->pieces, k), theano_pool_begin(job->n, job->pieces, k + 1));
  inside = saved;
}

static int has_pieces(struct job *job) {
  return atomic_load_explicit(&job->taken, memory_order_relaxed) < job->pieces;
}

// The lock is held in these three.

static struct job *first_with_pieces(struct theano_pool *pool) {
  for (struct job *job = pool->jobs; job; job = job->next)
    if (has_pieces(job)) return job;
  return 0;
}

static void push(struct theano_pool *pool, struct job *job) {
  struct job **end = &pool->jobs;
  while (*end) end = &(*end)->next;
  *end = job;
  atomic_fetch_add_explicit(&pool->posted, 1, memory_order_release);
}

static void drop(struct theano_pool *pool, struct job *job) {
  for (struct job **at = &pool->jobs; *at; at = &(*at)->next)
    if (*at == job) {
      *at = job->next;
      return;
    }
}

static void *work(void *argument) {
  struct theano_pool *pool = argument;
  pthread_mutex_lock(&pool->lock);
  while (!pool->stopping) {
    struct job *job = first_with_pieces(pool);
    if (job) {
      job->helpers++;
      atomic_fetch_add_explicit(&job->helping, 1, memory_order_relaxed);
      pthread_mutex_unlock(&pool->lock);
      take_pieces(job);
      pthread_mutex_lock(&pool->lock);
      drop(pool, job);
      if (!--job->helpers) pthread_cond_broadcast(&pool->done);
      atomic_fetch_sub_explicit(&job->helping, 1, memory_order_release);
      // The caller takes the lock once more before it leaves, so the job is there until the lock is given back.
      continue;
    }
    unsigned seen = atomic_load_explicit(&pool->posted, memory_order_relaxed);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < patience && atomic_load_explicit(&pool->posted, memory_order_acquire) == seen; i++) relax();
    pthread_mutex_lock(&pool->lock);
    while (!pool->stopping && !first_with_pieces(pool)) {
      pool->asleep++;
      pthread_cond_wait(&pool->work, &pool->lock);
      pool->asleep--;
    }
  }
  pthread_mutex_unlock(&pool->lock);
  return 0;
}

// Threads are started with all signals blocked: those are the program's business.
static int start_thread(pthread_t *thread, void *(*body)(void *), void *context) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int error = pthread_create(thread, 0, body, context);
  pthread_sigmask(SIG_SETMASK, &before, 0);
#if defined(__linux__)
  if (!error) pthread_setname_np(*thread, "theano");
#endif
  return error;
}

static void start_workers(struct theano_pool *pool, int32_t wanted) {
  while (pool->started < wanted && !start_thread(&pool->workers[pool->started], work, pool)) pool->started++;
}

static void *run_errand(void *errand) {
  ((theano_errand)errand)();
  return 0;
}

void theano_run_beside(theano_errand errand) {
  pthread_t thread;
  if (!start_thread(&thread, run_errand, (void *)errand)) pthread_detach(thread);
}

struct theano_pool *theano_pool_create(int32_t threads) {
  if (threads < 1) threads = 1;
  struct theano_pool *pool = calloc(1, sizeof *pool);
  pthread_t *workers = calloc((size_t)threads, sizeof *workers);
  if (!pool || !workers) {
    free(pool);
    free(workers);
    return 0;
  }
  pool->threads = threads;
  pool->workers = workers;
  pthread_mutex_init(&pool->lock, 0);
  pthread_cond_init(&pool->work, 0);
  pthread_cond_init(&pool->done, 0);
  return pool;
}

void theano_pool_destroy(struct theano_pool *pool) {
  if (!pool) return;
  pthread_mutex_lock(&pool->lock);
  pool->stopping = 1;
  pthread_cond_broadcast(&pool->work);
  pthread_mutex_unlock(&pool->lock);
  for (int32_t i = 0; i < pool->started; i++) pthread_join(pool->workers[i], 0);
  pthread_mutex_destroy(&pool->lock);
  pthread_cond_destroy(&pool->work);
  pthread_cond_destroy(&pool->done);
  free(pool->workers);
  free(pool);
}

int32_t theano_pool_threads(const struct theano_pool *pool) { return pool ? pool->threads : 1; }

void theano_pool_run(struct theano_pool *pool, long long n, long long grain, theano_body body, void *context) {
  int32_t pieces = theano_pool_pieces(theano_pool_threads(pool), n, grain);
  if (pieces <= 1 || inside) {
    for (int32_t k = 0; k < pieces; k++)
      body(context, theano_pool_begin(n, pieces, k), theano_pool_begin(n, pieces, k + 1));
    return;
  }
  struct job job = {.body = body, .context = context, .n = n, .pieces = pieces};
  pthread_mutex_lock(&pool->lock);
  if (pool->started < pool->threads - 1) start_workers(pool, pool->threads - 1);
  push(pool, &job);
  for (int32_t i = 0; i < pieces - 1 && i < pool->asleep; i++) pthread_cond_signal(&pool->work);
  pthread_mutex_unlock(&pool->lock);
  take_pieces(&job);
  for (int i = 0; i < patience && atomic_load_explicit(&job.helping, memory_order_acquire); i++) relax();
  pthread_mutex_lock(&pool->lock);
  drop(pool, &job);
  while (job.helpers) pthread_cond_wait(&pool->done, &pool->lock);
  pthread_mutex_unlock(&pool->lock);
}
