// Texts that are compiled here and also pasted into generated code.
#ifndef THEANO_TEXT_H
#define THEANO_TEXT_H

/// The text of theano_host.h, null-terminated.
const char *theano_host_text(void);

#endif
