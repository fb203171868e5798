// Loops on several threads, as a program written by hand would have them: threads that wait between loops.
#ifndef REFERENCE_THREADS_H
#define REFERENCE_THREADS_H

#include <pthread.h>

typedef void (*piece)(void *context, long begin, long end);

static pthread_mutex_t team_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t team_go = PTHREAD_COND_INITIALIZER, team_done = PTHREAD_COND_INITIALIZER;
static piece team_body;
static void *team_context;
static long team_count, team_round, team_pending;
static int team_threads = 1;

static void *team_member(void *number) {
  const long k = (long)number;
  long seen = 0;
  pthread_mutex_lock(&team_lock);
  for (;;) {
    while (team_round == seen) pthread_cond_wait(&team_go, &team_lock);
    seen = team_round;
    const long n = team_count;
    pthread_mutex_unlock(&team_lock);
    team_body(team_context, n * k / team_threads, n * (k + 1) / team_threads);
    pthread_mutex_lock(&team_lock);
    if (--team_pending == 0) pthread_cond_signal(&team_done);
  }
  return 0;
}

// Starts the team; once, before the first loop.
static void team_start(int threads) {
  for (long k = 1; k < threads; k++) {
    pthread_t thread;
    if (pthread_create(&thread, 0, team_member, (void *)k) == 0) team_threads = (int)k + 1;
  }
}

// `work` is about how many additions the loop is worth: waking somebody costs some 20 us.
static void team_run(long n, long work, piece body, void *context) {
  if (team_threads == 1 || work < 200000) {
    body(context, 0, n);
    return;
  }
  pthread_mutex_lock(&team_lock);
  team_body = body;
  team_context = context;
  team_count = n;
  team_pending = team_threads - 1;
  team_round++;
  pthread_cond_broadcast(&team_go);
  pthread_mutex_unlock(&team_lock);
  body(context, 0, n / team_threads);
  pthread_mutex_lock(&team_lock);
  while (team_pending) pthread_cond_wait(&team_done, &team_lock);
  pthread_mutex_unlock(&team_lock);
}

#define EXPORT __attribute__((visibility("default")))
EXPORT void start_threads(int threads) { team_start(threads); }

#endif
