#define TH_SUPPORT 1
