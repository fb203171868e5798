#define TH_PRELUDE 1
