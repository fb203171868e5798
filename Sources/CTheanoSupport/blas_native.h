// The tail of the text that is compiled at run time: both instances for the processor's widest vectors.
#if defined(__AVX512F__)
#define WIDTH 64
#define ROWS 12
#define SET "AVX-512"
#elif defined(__AVX2__) && defined(__FMA__)
#define WIDTH 32
#define ROWS 6
#define SET "AVX2"
#elif defined(__aarch64__)
#define WIDTH 16
#define ROWS 12
#define SET "NEON"
#else
#define WIDTH 16
#define ROWS 6
#define SET "128-bit vectors"
#endif
