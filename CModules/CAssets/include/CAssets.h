// Files whose bytes are in the binary.
#pragma once

#include <stddef.h>

// docs/openapi.json, compressed by gzip.
extern const unsigned char *const cassets_openapi_bytes;
extern const size_t cassets_openapi_count;
