// Files whose bytes are in the binary.
#pragma once

#include <stddef.h>

// docs/openapi.json, compressed by gzip.
extern const unsigned char *const cassets_openapi_bytes;
extern const size_t cassets_openapi_count;

// A file of the console, compressed by gzip.
struct cassets_file {
  const char *name;
  const unsigned char *bytes;
  size_t count;
};
extern const struct cassets_file *const cassets_console;
extern const size_t cassets_console_count;
