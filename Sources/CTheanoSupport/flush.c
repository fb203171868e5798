#if defined(__linux__)
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#endif

#include "include/theano_flush.h"

void theano_start_flushing(int32_t descriptor, int64_t offset, int64_t count) {
#if defined(__linux__)
  // A hint: whoever needs the bytes on the disk calls fsync, which tells of faults.
  (void)sync_file_range(descriptor, offset, count, SYNC_FILE_RANGE_WRITE);
#else
  (void)descriptor, (void)offset, (void)count;
#endif
}

int32_t theano_reserve(int32_t descriptor, int64_t offset, int64_t count) {
#if defined(__linux__)
  if (!fallocate(descriptor, 0, offset, count)) return 0;
  return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? errno : 0;
#else
  (void)descriptor, (void)offset, (void)count;
  return 0;
#endif
}
