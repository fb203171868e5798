#include "include/theano_text.h"

// #embed came with C23; every clang that ships with a supported toolchain has it in earlier modes too.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const char host_text[] = {
#embed "include/theano_host.h"
  , 0
};

const char *theano_host_text(void) { return host_text; }
