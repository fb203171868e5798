// C that Swift cannot say, or not as fast; each part in a file of its own.
#ifndef THEANO_SUPPORT_H
#define THEANO_SUPPORT_H

#include "theano_blas.h"
#include "theano_call.h"
#include "theano_callsite.h"
#include "theano_cpu.h"
#include "theano_crc32.h"
#include "theano_digest.h"
#include "theano_flush.h"
#include "theano_host.h"
#include "theano_images.h"
#include "theano_memory.h"
#include "theano_pool.h"
#include "theano_process.h"
#include "theano_rwlock.h"
#include "theano_text.h"

#endif
