#include "theano_support.h"
