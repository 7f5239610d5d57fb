// Linux and the C library for Platform: the headers, and shims for what Swift cannot import (variadics, macros, errno).
// No feature-test macros here: they would change what other modules see of the same headers. Functions that need them
// are in CLinux.c; feature_test_macros(7).
#pragma once
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static inline int clinux_errno(void) { return errno; }

static inline int clinux_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }

static inline int clinux_open_at(int folder, const char *name, int flags, mode_t mode) {
  return openat(folder, name, flags, mode);
}

static inline int clinux_duplicate(int descriptor) { return fcntl(descriptor, F_DUPFD_CLOEXEC, 0); }

// A descriptor from another program: from now on it does not block, and is closed on exec.
static inline void clinux_prepare_inherited(int descriptor) {
  fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

// Opens the pipe or terminal of `descriptor` a second time, non-blocking, through /proc. Setting O_NONBLOCK on
// `descriptor` itself would affect all processes that share its open file description. Sockets cannot be opened so: -1.
int clinux_reopen_for_writing(int descriptor);

// From now on each write goes to the end of the file, wherever another program has cut it meanwhile.
static inline void clinux_append(int descriptor) {
  fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_APPEND);
}

// Opens those of the descriptors 0 to 2 that are closed, so that no file or socket gets their numbers. The
// direction is the wrong one: reading and writing fail with EBADF, as they do on a closed descriptor.
void clinux_occupy_standard_descriptors(void);

// epoll_event is packed on x86_64, and its data is a union. Swift sees one 64-bit token instead.
static inline int clinux_epoll_control(int epoll, int operation, int descriptor, uint32_t events,
                                       uint64_t token) {
  struct epoll_event event = {.events = events, .data.u64 = token};
  return epoll_ctl(epoll, operation, descriptor, &event);
}

// Constants whose types differ between C libraries: enums of glibc, macros of musl.
enum {
  CLINUX_STREAM = SOCK_STREAM,
  CLINUX_DATAGRAM = SOCK_DGRAM,
  CLINUX_PREPARED = SOCK_NONBLOCK | SOCK_CLOEXEC,
};
enum {
  CLINUX_EPOLL_IN = EPOLLIN,
  CLINUX_EPOLL_OUT = EPOLLOUT,
  CLINUX_EPOLL_RDHUP = EPOLLRDHUP,
  CLINUX_EPOLL_HUP = EPOLLHUP,
  CLINUX_EPOLL_ERR = EPOLLERR,
  CLINUX_EPOLL_ONESHOT = EPOLLONESHOT,
  CLINUX_EPOLL_ET = EPOLLET,
};

static inline uint64_t clinux_epoll_token(const struct epoll_event *event) { return event->data.u64; }

// CLOCK_MONOTONIC and CLOCK_REALTIME in nanoseconds; neither can fail on Linux.
#if __SIZEOF_LONG__ == 4
// Not inline: a time of 64 bits needs a feature-test macro there.
int64_t clinux_monotonic_nanoseconds(void);
int64_t clinux_realtime_nanoseconds(void);
#else
static inline int64_t clinux_monotonic_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline int64_t clinux_realtime_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}
#endif

// pthread_create(3) and pthread_join(3). A pthread_t is a number with glibc, and a pointer with musl.
static inline int clinux_start_thread(uintptr_t *thread, void *(*work)(void *), void *context) {
  pthread_t started;
  int code = pthread_create(&started, NULL, work, context);
  if (code == 0) *thread = (uintptr_t)started;
  return code;
}
static inline void clinux_join_thread(uintptr_t thread) { pthread_join((pthread_t)thread, NULL); }

static inline bool clinux_is_regular(mode_t mode) { return S_ISREG(mode); }
static inline bool clinux_is_symbolic_link(mode_t mode) { return S_ISLNK(mode); }
static inline bool clinux_is_socket(mode_t mode) { return S_ISSOCK(mode); }

// The size of a terminal in characters; false if `descriptor` is not a terminal, or does not tell. TIOCGWINSZ in
// ioctl_tty(2).
static inline bool clinux_terminal_size(int descriptor, unsigned short *columns, unsigned short *rows) {
  struct winsize size = {0};
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return false;
  *columns = size.ws_col;
  *rows = size.ws_row;
  return true;
}

static inline void clinux_ignore_signal(int number) { signal(number, SIG_IGN); }

static inline int clinux_ipproto_ipv6(void) { return IPPROTO_IPV6; }
// Lets bind(2) take an address that no interface has yet; IP_FREEBIND in ip(7).
static inline void clinux_bind_freely(int descriptor, int family) {
  int on = 1;
  if (family == AF_INET6) {
    setsockopt(descriptor, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof on);
  } else {
    setsockopt(descriptor, IPPROTO_IP, IP_FREEBIND, &on, sizeof on);
  }
}

static inline int clinux_ipproto_tcp(void) { return IPPROTO_TCP; }

static inline void *clinux_map_failed(void) { return MAP_FAILED; }

// The system's text for an error number; it may lie in the caller's buffer. strerror_r(3), GNU's variant.
const char *clinux_error_text(int code, char *buffer, size_t capacity);

// renameat2(2), which needs _GNU_SOURCE: exchanges two names of one folder, or renames a file to a name that must be
// free (EEXIST).
int clinux_exchange(int folder, const char *name, const char *other);
int clinux_rename_to_free(int folder, const char *name, const char *other);

// Whether a process has the file open for writing; `descriptor` is open for reading. False if the system does not tell.
// F_SETLEASE in fcntl(2).
bool clinux_is_being_written(int descriptor);

// accept4(2), which needs _GNU_SOURCE.
int clinux_accept(int listener, struct sockaddr *address, socklen_t *length);

// Sends a datagram to a unix socket without waiting, and with it the descriptor `passed`, unless that is -1. Returns
// whether it went out whole. sendmsg(2); SCM_RIGHTS in unix(7).
bool clinux_send_with_descriptor(int descriptor, const void *address, socklen_t address_size, const void *text,
                                 size_t size, int passed);

// The user of the process at the other end of a unix socket when it connected; -1 if unknown. SO_PEERCRED in unix(7),
// whose structure needs _GNU_SOURCE.
int64_t clinux_peer_user(int descriptor);

// Makes all threads use one heap, libcurl's resolver threads too. mallopt(3).
void clinux_use_one_heap(void);

// Raises the soft limit of open descriptors to the hard one. Returns the limit that applies now. getrlimit(2).
static inline rlim_t clinux_raise_descriptor_limit(void) {
  struct rlimit limit = {0};
  getrlimit(RLIMIT_NOFILE, &limit);
  struct rlimit raised = {.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
  return setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

// Returns unused pages of the heap to the kernel. malloc_trim(3).
void clinux_give_back_free_memory(void);
