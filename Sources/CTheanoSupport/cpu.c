#include "include/theano_cpu.h"

#if defined(__x86_64__)

#include <cpuid.h>

int32_t theano_cpu_identity(uint32_t words[theano_cpu_words]) {
  // Model, and the leaves that list features. The initial APIC id and the core's count (leaf 1, ebx) differ from core
  // to core and are left out, as is OSXSAVE's neighbour state that depends on the moment.
  uint32_t a, b, c, d;
  int32_t n = 0;
  if (__get_cpuid(1, &a, &b, &c, &d)) words[n++] = a, words[n++] = c, words[n++] = d;
  if (c & bit_OSXSAVE) {
    // Which registers the system saves: AVX needs its support too.
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    words[n++] = low, words[n++] = high;
  }
  for (uint32_t sub = 0; sub < 2; sub++)
    if (__get_cpuid_count(7, sub, &a, &b, &c, &d)) words[n++] = a, words[n++] = b, words[n++] = c, words[n++] = d;
  if (__get_cpuid(0x80000001, &a, &b, &c, &d)) words[n++] = c, words[n++] = d;
  if (__get_cpuid(0, &a, &b, &c, &d)) words[n++] = b, words[n++] = c, words[n++] = d;
  return n;
}

#elif defined(__linux__)

#include <sys/auxv.h>

int32_t theano_cpu_identity(uint32_t words[theano_cpu_words]) {
  unsigned long first = getauxval(AT_HWCAP), second = getauxval(AT_HWCAP2);
  words[0] = (uint32_t)first, words[1] = (uint32_t)(first >> 16 >> 16);
  words[2] = (uint32_t)second, words[3] = (uint32_t)(second >> 16 >> 16);
  int32_t n = 4;
#if defined(__aarch64__)
  // The kernel lets user programs read the model's register when it says so (HWCAP_CPUID).
  if (first & 1ul << 11) {
    uint64_t model;
    __asm__("mrs %0, midr_el1" : "=r"(model));
    words[n++] = (uint32_t)model;
  }
#endif
  return n;
}

#elif defined(__APPLE__)

#include <sys/sysctl.h>

int32_t theano_cpu_identity(uint32_t words[theano_cpu_words]) {
  const char *names[] = {"hw.cputype", "hw.cpusubtype", "hw.cpufamily", "hw.cpusubfamily"};
  int32_t n = 0;
  for (int i = 0; i < 4; i++) {
    uint32_t value = 0;
    size_t size = sizeof value;
    if (!sysctlbyname(names[i], &value, &size, 0, 0)) words[n++] = value;
  }
  return n;
}

#else

int32_t theano_cpu_identity(uint32_t words[theano_cpu_words]) { return (void)words, 0; }

#endif
