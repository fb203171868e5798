// The program and the libraries that the loader has loaded.
#ifndef THEANO_IMAGES_H
#define THEANO_IMAGES_H

#include <stddef.h>
#include <stdint.h>

/// A loaded program or library.
struct theano_image {
  /// Where it starts in memory, and where its code ends.
  uintptr_t base, end;
  /// What tells its build from others; where the system finds symbols by the file alone (Linux) it is left out.
  uint8_t identity[16];
  uint32_t identity_bytes;
};

/// Finds the image whose code holds an address, and the path of its file; 0 if none does. Only what the loader has loaded is
/// looked at: a file that is merely mapped may be gone, or no library at all.
int theano_image_of(uintptr_t address, struct theano_image *image, char *path, size_t room);

/// The file that a loaded function came from; null if that is not known.
const char *theano_file_of(const void *function);

#endif
