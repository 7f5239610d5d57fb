// zlib for API: what the binary has compressed, as text again. libcurl loads zlib anyway.
#pragma once
#include <stdbool.h>
#include <stddef.h>

// Inflates a whole gzip file (RFC 1952) to `count` bytes at `output`. Returns whether it has exactly as many.
bool czlib_inflate(const void *gzip, size_t gzip_count, void *output, size_t count);

// The version of the library that is in use.
const char *czlib_version(void);
