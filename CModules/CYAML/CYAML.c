#include "CYAML.h"

#include <dlfcn.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char LIBRARY[] = "libyaml-0.so.2";

// The part of yaml.h that is used, of libyaml-0.so.2, whose binary interface has not changed since 2006.

typedef struct {
  size_t index, line, column;
} mark;

struct event {
  int type;
  union {
    struct {
      char *anchor;
    } alias;
    struct {
      char *anchor, *tag;
      uint8_t *value;
      size_t length;
      int plain_implicit, quoted_implicit, style;
    } scalar;
    struct {
      char *anchor, *tag;
      int implicit, style;
    } collection;
  } data;
  mark start, end;
};

struct parser {
  int error;
  const char *problem;
  size_t problem_offset;
  int problem_value;
  mark problem_mark;
  // libyaml 0.2.5 takes 480 bytes in all.
  alignas(16) char rest[4096];
};

struct reader {
  void *library;
  int (*parse)(struct parser *, struct event *);
  void (*delete_event)(struct event *);
  void (*delete_parser)(struct parser *);
  struct parser parser;
  struct event event;
};

void *cyaml_open(const uint8_t *text, size_t length) {
  void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
  if (!library) return NULL;
  int (*initialize)(struct parser *) = dlsym(library, "yaml_parser_initialize");
  void (*set_input)(struct parser *, const uint8_t *, size_t) =
      dlsym(library, "yaml_parser_set_input_string");
  struct reader *reader = calloc(1, sizeof(struct reader));
  if (reader) {
    reader->library = library;
    reader->parse = dlsym(library, "yaml_parser_parse");
    reader->delete_event = dlsym(library, "yaml_event_delete");
    reader->delete_parser = dlsym(library, "yaml_parser_delete");
    if (initialize && set_input && reader->parse && reader->delete_event &&
        reader->delete_parser && initialize(&reader->parser)) {
      set_input(&reader->parser, text, length);
      return reader;
    }
  }
  free(reader);
  dlclose(library);
  return NULL;
}

bool cyaml_version(char *version, size_t size) {
  void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
  if (!library) return false;
  const char *(*get)(void) = dlsym(library, "yaml_get_version_string");
  if (get) snprintf(version, size, "%s", get());
  dlclose(library);
  return get;
}

static struct cyaml_event failure(struct reader *reader) {
  const char *problem = reader->parser.problem ? reader->parser.problem : "out of memory";
  return (struct cyaml_event){
      .kind = CYAML_ERROR, .line = reader->parser.problem_mark.line + 1,
      .text = (const uint8_t *)problem, .length = strlen(problem)};
}

struct cyaml_event cyaml_next(void *opaque) {
  struct reader *reader = opaque;
  struct event *event = &reader->event;
  for (;;) {
    reader->delete_event(event);
    if (!reader->parse(&reader->parser, event)) {
      memset(event, 0, sizeof *event);
      return failure(reader);
    }
    struct cyaml_event result = {.line = event->start.line + 1};
    switch (event->type) {
      case 1: // the start of the stream
      case 4: // the end of a document
        continue;
      case 3:
        result.kind = CYAML_DOCUMENT;
        break;
      case 5:
        result.kind = CYAML_ALIAS;
        result.anchor = event->data.alias.anchor;
        break;
      case 6:
        result.kind = CYAML_SCALAR;
        result.is_plain = event->data.scalar.style == 1;
        result.text = event->data.scalar.value;
        result.length = event->data.scalar.length;
        result.anchor = event->data.scalar.anchor;
        result.tag = event->data.scalar.tag;
        break;
      case 7:
      case 9:
        result.kind = event->type == 7 ? CYAML_SEQUENCE : CYAML_MAPPING;
        result.anchor = event->data.collection.anchor;
        result.tag = event->data.collection.tag;
        break;
      case 8:
        result.kind = CYAML_SEQUENCE_END;
        break;
      case 10:
        result.kind = CYAML_MAPPING_END;
        break;
      default:
        result.kind = CYAML_END;
    }
    return result;
  }
}

void cyaml_close(void *opaque) {
  struct reader *reader = opaque;
  reader->delete_event(&reader->event);
  reader->delete_parser(&reader->parser);
  dlclose(reader->library);
  free(reader);
}
