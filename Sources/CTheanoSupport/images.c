#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "include/theano_images.h"

#include <dlfcn.h>
#include <string.h>

#if defined(__APPLE__)
#include <mach-o/loader.h>
#else
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

static int copy_path(const char *from, char *path, size_t room) {
  size_t length = strlen(from);
  if (!length || length >= room) return 0;
  memcpy(path, from, length + 1);
  return 1;
}

#if defined(__APPLE__)

int theano_image_of(uintptr_t address, struct theano_image *image, char *path, size_t room) {
  Dl_info information;
  memset(image, 0, sizeof *image);
  if (!dladdr((const void *)address, &information) || !information.dli_fbase || !information.dli_fname) return 0;
  const struct mach_header_64 *header = information.dli_fbase;
  if (header->magic != MH_MAGIC_64) return 0;
  image->base = (uintptr_t)header;
  const char *at = (const char *)(header + 1);
  for (uint32_t k = 0; k < header->ncmds; k++) {
    const struct load_command *command = (const struct load_command *)at;
    if (command->cmd == LC_SEGMENT_64) {
      const struct segment_command_64 *segment = (const struct segment_command_64 *)command;
      if (!strcmp(segment->segname, SEG_TEXT)) image->end = image->base + segment->vmsize;
    } else if (command->cmd == LC_UUID) {
      const struct uuid_command *uuid = (const struct uuid_command *)command;
      memcpy(image->identity, uuid->uuid, sizeof image->identity);
      image->identity_bytes = sizeof image->identity;
    }
    at += command->cmdsize;
  }
  return image->base <= address && address < image->end && copy_path(information.dli_fname, path, room);
}

#else

struct search {
  uintptr_t address;
  struct theano_image *image;
  char *path;
  size_t room;
  int found;
};

// The loader names the program itself by an empty name. Its file may have been replaced since it was started; the link
// still leads to what runs.
static int own_path(char *path, size_t room) {
  static const char link[] = "/proc/self/exe";
  struct stat running, named;
  ssize_t length = readlink(link, path, room);
  if (length > 0 && (size_t)length < room) {
    path[length] = 0;
    if (!stat(link, &running) && !stat(path, &named) && running.st_dev == named.st_dev && running.st_ino == named.st_ino)
      return 1;
  }
  return copy_path(link, path, room);
}

// The loader's lock is held meanwhile, so that no library goes away.
static int look(struct dl_phdr_info *info, size_t size, void *context) {
  struct search *search = context;
  (void)size;
  uintptr_t low = UINTPTR_MAX, end = 0;
  int holds = 0;
  for (int k = 0; k < info->dlpi_phnum; k++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[k];
    if (segment->p_type != PT_LOAD) continue;
    uintptr_t start = info->dlpi_addr + segment->p_vaddr;
    if (start < low) low = start;
    if (!(segment->p_flags & PF_X)) continue;
    if (start + segment->p_memsz > end) end = start + segment->p_memsz;
    if (start <= search->address && search->address - start < segment->p_memsz) holds = 1;
  }
  if (!holds) return 0;
  memset(search->image, 0, sizeof *search->image);
  search->image->base = low - low % (uintptr_t)sysconf(_SC_PAGESIZE);
  search->image->end = end;
  search->found = info->dlpi_name && *info->dlpi_name ? copy_path(info->dlpi_name, search->path, search->room)
                                                      : own_path(search->path, search->room);
  return 1;
}

int theano_image_of(uintptr_t address, struct theano_image *image, char *path, size_t room) {
  struct search search = {.address = address, .image = image, .path = path, .room = room};
  dl_iterate_phdr(look, &search);
  return search.found;
}

#endif

const char *theano_file_of(const void *function) {
  Dl_info information;
  return dladdr(function, &information) ? information.dli_fname : 0;
}
