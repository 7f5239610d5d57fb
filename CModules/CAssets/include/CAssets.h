// Files that are part of the binary.
#pragma once

#include <stddef.h>

// docs/openapi.json
extern const unsigned char *const cassets_openapi_bytes;
extern const size_t cassets_openapi_count;
