// The loader, made safe for those who walk the list of what is loaded.
#ifndef THEANO_LOADER_H
#define THEANO_LOADER_H

/// Keeps libraries from being loaded and unloaded by the functions below between the two calls. Symbolising reads the headers of loaded
/// libraries in place, and crashes when one goes away under it. May be nested.
void theano_loader_lock(void);
void theano_loader_unlock(void);

/// dlopen with all symbols bound now and none lent to others, and dlclose, under the lock.
void *theano_load(const char *path);
void theano_unload(void *handle);

/// The file that a loaded function came from; null if that is not known.
const char *theano_file_of(const void *function);

#endif
