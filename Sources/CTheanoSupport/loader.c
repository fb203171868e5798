#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "include/theano_loader.h"

#include <dlfcn.h>
#include <pthread.h>

static pthread_mutex_t loader;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void set_up(void) {
  // Recursive, since loading and unloading run a library's own code, which may do anything.
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&loader, &attributes);
  pthread_mutexattr_destroy(&attributes);
}

void theano_loader_lock(void) {
  pthread_once(&once, set_up);
  pthread_mutex_lock(&loader);
}

void theano_loader_unlock(void) { pthread_mutex_unlock(&loader); }

void *theano_load(const char *path) {
  theano_loader_lock();
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  theano_loader_unlock();
  return handle;
}

void theano_unload(void *handle) {
  theano_loader_lock();
  dlclose(handle);
  theano_loader_unlock();
}

const char *theano_file_of(const void *function) {
  Dl_info information;
  return dladdr(function, &information) ? information.dli_fname : 0;
}
