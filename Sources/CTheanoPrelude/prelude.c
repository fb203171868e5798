#include "theano_prelude.h"
