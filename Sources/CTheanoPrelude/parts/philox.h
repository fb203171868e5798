//@ part philox needs: base
// Philox4x32-10 (J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11): a bijection of
// 128-bit counters for each 64-bit key. Random bits are thus a function of (key, position): any order, any number of threads.
//
// How this library counts: words 0 and 1 hold the position, word 2 the attempt (integers that had to be drawn again), word 3
// the purpose (TH_BITS_...), so that draws of different kinds from one key do not share bits.
typedef struct { th_u32 w0, w1, w2, w3; } th_block;

#define TH_BITS_UNIFORM 0u
#define TH_BITS_NORMAL 1u
#define TH_BITS_INTEGER 2u
#define TH_BITS_KEY 3u

TH_FN th_block th_philox4x32(th_block counter, th_u32 key0, th_u32 key1) {
#if defined(__clang__)
#pragma clang loop unroll(full)
#endif
  for (int round = 0; round < 10; round++) {
    th_u64 p0 = (th_u64)0xd2511f53u * counter.w0;
    th_u64 p1 = (th_u64)0xcd9e8d57u * counter.w2;
    th_block next;
    next.w0 = (th_u32)(p1 >> 32) ^ counter.w1 ^ key0;
    next.w1 = (th_u32)p1;
    next.w2 = (th_u32)(p0 >> 32) ^ counter.w3 ^ key1;
    next.w3 = (th_u32)p0;
    counter = next;
    key0 += 0x9e3779b9u;
    key1 += 0xbb67ae85u;
  }
  return counter;
}
TH_FN th_block th_random_block(th_u64 key, th_u64 position, th_u32 attempt, th_u32 purpose) {
  th_block counter;
  counter.w0 = (th_u32)position;
  counter.w1 = (th_u32)(position >> 32);
  counter.w2 = attempt;
  counter.w3 = purpose;
  return th_philox4x32(counter, (th_u32)key, (th_u32)(key >> 32));
}
// Word number `lane` (0 to 3) of a block.
TH_FN th_u32 th_block_word(th_block b, th_u32 lane) {
  th_u32 even = (lane & 2u) ? b.w2 : b.w0;
  th_u32 odd = (lane & 2u) ? b.w3 : b.w1;
  return (lane & 1u) ? odd : even;
}
// The key of child number `child`: an independent stream, itself splittable.
TH_FN th_u64 th_split_key(th_u64 key, th_u64 child) {
  th_block b = th_random_block(key, child, 0u, TH_BITS_KEY);
  return (th_u64)b.w0 | (th_u64)b.w1 << 32;
}

//@ part uniform_f32 needs: base base_f32 philox
// The i-th number of a key's uniform stream in [0, 1): 24 bits, from word i mod 4 of block i / 4.
TH_FN th_f32 th_unit_f32(th_u32 word) { return (th_f32)(th_i32)(word >> 8) * 5.96046448e-08f; }
TH_FN th_f32 th_uniform_f32(th_u64 key, th_u64 i) {
  th_block b = th_random_block(key, i >> 2, 0u, TH_BITS_UNIFORM);
  return th_unit_f32(th_block_word(b, (th_u32)i & 3u));
}

//@ part uniform_f64 needs: base base_f64 philox
// Likewise with 53 bits, from words 0 and 1, or 2 and 3, of block i / 2.
TH_FN th_f64 th_unit_f64(th_u32 low, th_u32 high) {
  return ((th_f64)(th_i32)(high >> 5) * 67108864.0 + (th_f64)(th_i32)(low >> 6)) * 1.1102230246251565e-16;
}
TH_FN th_f64 th_uniform_f64(th_u64 key, th_u64 i) {
  th_block b = th_random_block(key, i >> 1, 0u, TH_BITS_UNIFORM);
  th_u32 low = ((th_u32)i & 1u) ? b.w2 : b.w0, high = ((th_u32)i & 1u) ? b.w3 : b.w1;
  return th_unit_f64(low, high);
}

//@ part integers needs: base philox
TH_FN th_u64 th_multiply_high_u64(th_u64 a, th_u64 b) {
  th_u64 a0 = a & 0xffffffffu, a1 = a >> 32, b0 = b & 0xffffffffu, b1 = b >> 32;
  th_u64 cross = a1 * b0 + (a0 * b0 >> 32);
  th_u64 more = a0 * b1 + (cross & 0xffffffffu);
  return a1 * b1 + (cross >> 32) + (more >> 32);
}
// The i-th of a key's integers in 0 ..< bound, without bias (D. Lemire 2019); bound 0 stands for 2^64. Draw number t of position i is
// 64-bit half t mod 2 of the block with attempt t / 2: a rejected draw is followed by the next one of the same position, so that no
// other position is touched. A draw is rejected with probability below bound / 2^64.
TH_FN th_u64 th_random_integer(th_u64 key, th_u64 i, th_u64 bound) {
  th_u64 least = bound ? (0u - bound) % bound : 0u;
  for (th_u32 attempt = 0u;; attempt++) {
    th_block b = th_random_block(key, i, attempt, TH_BITS_INTEGER);
    th_u64 first = (th_u64)b.w0 | (th_u64)b.w1 << 32, second = (th_u64)b.w2 | (th_u64)b.w3 << 32;
    if (!bound) return first;
    if (first * bound >= least) return th_multiply_high_u64(first, bound);
    if (second * bound >= least) return th_multiply_high_u64(second, bound);
  }
}

//@ part permutation needs: base philox integers
// A permutation of 0 ..< count: for i = count - 1 down to 1 the elements i and th_random_integer(key, i, i + 1) change places. One
// thread's work, since each exchange needs those before it. Not OpenCL C's, where the memory's kind would be part of the type.
#if !defined(TH_OPENCL)
TH_FN void th_random_permutation(th_u64 key, th_i64 count, th_i64 *result) {
  for (th_i64 i = 0; i < count; i++) result[i] = i;
  for (th_i64 i = count - 1; i > 0; i--) {
    th_i64 j = (th_i64)th_random_integer(key, (th_u64)i, (th_u64)i + 1u);
    th_i64 moved = result[i];
    result[i] = result[j];
    result[j] = moved;
  }
}
#endif
