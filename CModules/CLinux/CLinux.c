#define _GNU_SOURCE
#include "CLinux.h"

#include <malloc.h>
#include <stdio.h>

const char *clinux_error_text(int code, char *buffer, size_t capacity) {
  return strerror_r(code, buffer, capacity);
}

int clinux_accept(int listener, struct sockaddr *address, socklen_t *length) {
  return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

void clinux_use_one_heap(void) { mallopt(M_ARENA_MAX, 1); }

int clinux_reopen_for_writing(int descriptor) {
  char path[32];
  snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
  return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}
