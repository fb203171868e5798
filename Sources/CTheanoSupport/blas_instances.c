// Our own products, compiled with the library for each instruction set it may meet, and their text for compiling them
// at run time: a debug build of the library does not optimise them, and it cannot know the processor.
#include "blas_kernels.h"
#include "include/theano_blas.h"

#if defined(__x86_64__)

#define T double
#define VBYTES 16
#define MR 6
#define NAME(x) d_sse_##x
#define KERNELS theano_dkernels
#include "blas_template.h"
#define T float
#define VBYTES 16
#define MR 6
#define NAME(x) s_sse_##x
#define KERNELS theano_skernels
#include "blas_template.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define T double
#define VBYTES 32
#define MR 6
#define NAME(x) d_avx2_##x
#define KERNELS theano_dkernels
#include "blas_template.h"
#define T float
#define VBYTES 32
#define MR 6
#define NAME(x) s_avx2_##x
#define KERNELS theano_skernels
#include "blas_template.h"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx2,fma"))), apply_to = function)
#define T double
#define VBYTES 64
#define MR 12
#define NAME(x) d_avx512_##x
#define KERNELS theano_dkernels
#include "blas_template.h"
#define T float
#define VBYTES 64
#define MR 12
#define NAME(x) s_avx512_##x
#define KERNELS theano_skernels
#include "blas_template.h"
#pragma clang attribute pop

static const struct theano_kernels sse = {&d_sse_table, &s_sse_table, "SSE2"};
static const struct theano_kernels avx2 = {&d_avx2_table, &s_avx2_table, "AVX2"};
static const struct theano_kernels avx512 = {&d_avx512_table, &s_avx512_table, "AVX-512"};

const void *theano_kernels_builtin(void) {
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("fma")) return &avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &avx2;
  return &sse;
}

#else

#define T double
#define VBYTES 16
#define MR 12
#define NAME(x) d_any_##x
#define KERNELS theano_dkernels
#include "blas_template.h"
#define T float
#define VBYTES 16
#define MR 12
#define NAME(x) s_any_##x
#define KERNELS theano_skernels
#include "blas_template.h"

static const struct theano_kernels any = {&d_any_table, &s_any_table, "128-bit vectors"};

const void *theano_kernels_builtin(void) { return &any; }

#endif

int theano_kernels_optimised(void) {
#if defined(__OPTIMIZE__)
  return 1;
#else
  return 0;
#endif
}

const char *theano_kernels_name(const void *kernels) { return ((const struct theano_kernels *)kernels)->name; }

#pragma clang diagnostic ignored "-Wc23-extensions"

static const char kernels_text[] = {
#embed "blas_kernels.h"
  , 0
};
static const char native_text[] = {
#embed "blas_native.h"
  , 0
};
static const char template_text[] = {
#embed "blas_template.h"
  , 0
};

const char *const *theano_kernels_texts(void) {
  static const char *const texts[] = {
    kernels_text,
    native_text,
    "#define T double\n#define VBYTES WIDTH\n#define MR ROWS\n#define NAME(x) d_##x\n#define KERNELS theano_dkernels\n",
    template_text,
    "#define T float\n#define VBYTES WIDTH\n#define MR ROWS\n#define NAME(x) s_##x\n#define KERNELS theano_skernels\n",
    template_text,
    "static const struct theano_kernels native = {&d_table, &s_table, SET \" (compiled for this processor)\"};\n"
    "__attribute__((visibility(\"default\")))\n"
    "th_i32 theano_entry(const th_host *host, th_call *call, const th_arg *in, th_result *out, th_error *error) {\n"
    "  out[0].data = (void *)&native;\n"
    "  return TH_OK;\n"
    "}\n",
    0,
  };
  return texts;
}
