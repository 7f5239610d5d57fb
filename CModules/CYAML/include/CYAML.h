// libyaml's parser. The library is loaded when a parser is made, so that the gateway does not load it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  CYAML_END,
  CYAML_DOCUMENT,
  CYAML_ALIAS,
  CYAML_SCALAR,
  CYAML_SEQUENCE,
  CYAML_SEQUENCE_END,
  CYAML_MAPPING,
  CYAML_MAPPING_END,
  CYAML_ERROR,
};

/// One event, or an error. The pointers are valid until the next call.
struct cyaml_event {
  int kind;
  /// From 1.
  size_t line;
  /// Of a scalar: whether it has no quotes.
  int is_plain;
  /// Of a scalar; of an error the words for it, with a NUL at the end.
  const uint8_t *text;
  size_t length;
  /// Of an alias the name; of other nodes the anchor or NULL. With a NUL at the end.
  const char *anchor;
  const char *tag;
};

/// A parser of `text`, which must outlive it. NULL if libyaml is not installed, or there is no memory.
void *cyaml_open(const uint8_t *text, size_t length);

/// The next event. CYAML_END and CYAML_ERROR are the last.
struct cyaml_event cyaml_next(void *parser);

void cyaml_close(void *parser);

/// Copies the version of libyaml with a NUL at its end, cut to `size` bytes; false if libyaml is not installed.
bool cyaml_version(char *version, size_t size);
