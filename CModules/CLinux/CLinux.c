#define _GNU_SOURCE
#if __SIZEOF_LONG__ == 4
// Times after 2038.
#define _FILE_OFFSET_BITS 64
#define _TIME_BITS 64
#endif
#include "CLinux.h"

#include <stddef.h>
#include <stdio.h>
#ifdef __GLIBC__
#include <malloc.h>
#else
#include <linux/fs.h>
#include <sys/syscall.h>
#endif

#ifdef __GLIBC__
const char *clinux_error_text(int code, char *buffer, size_t capacity) {
  return strerror_r(code, buffer, capacity);
}

static int rename_in(int folder, const char *name, const char *other, unsigned int flags) {
  return renameat2(folder, name, folder, other, flags);
}

void clinux_use_one_heap(void) { mallopt(M_ARENA_MAX, 1); }

void clinux_give_back_free_memory(void) { malloc_trim(0); }
#else
// musl has the variant of POSIX, no renameat2, one heap, and returns its memory by itself.
const char *clinux_error_text(int code, char *buffer, size_t capacity) {
  return strerror_r(code, buffer, capacity) == 0 ? buffer : "unknown error";
}

static int rename_in(int folder, const char *name, const char *other, unsigned int flags) {
  return (int)syscall(SYS_renameat2, folder, name, folder, other, flags);
}

void clinux_use_one_heap(void) {}

void clinux_give_back_free_memory(void) {}

// Embedded Swift seeds the hashes of its dictionaries with this.
void arc4random_buf(void *buffer, size_t size);
void arc4random_buf(void *buffer, size_t size) {
  for (char *at = buffer; size > 0;) {
    ssize_t count = getrandom(at, size < 256 ? size : 256, 0);
    if (count < 0) continue;
    at += count;
    size -= (size_t)count;
  }
}
#endif

int clinux_accept(int listener, struct sockaddr *address, socklen_t *length) {
  return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int64_t clinux_peer_user(int descriptor) {
  struct ucred peer;
  socklen_t size = sizeof peer;
  return getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? (int64_t)peer.uid : -1;
}

bool clinux_send_with_descriptor(int descriptor, const void *address, socklen_t address_size, const void *text,
                                 size_t size, int passed) {
  struct iovec part = {(void *)text, size};
  struct msghdr message = {
      .msg_name = (void *)address, .msg_namelen = address_size, .msg_iov = &part, .msg_iovlen = 1};
  _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof passed)] = {0};
  if (passed >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof passed);
    memcpy(CMSG_DATA(rights), &passed, sizeof passed);
  }
  return sendmsg(descriptor, &message, MSG_NOSIGNAL) == (ssize_t)size;
}

int clinux_exchange(int folder, const char *name, const char *other) {
  return rename_in(folder, name, other, RENAME_EXCHANGE);
}

int clinux_rename_to_free(int folder, const char *name, const char *other) {
  return rename_in(folder, name, other, RENAME_NOREPLACE);
}

bool clinux_is_being_written(int descriptor) {
  // If another process opens the file for writing while we hold the lease, the kernel sends us a signal. SIGURG is
  // ignored by default; SIGIO would end the process.
  fcntl(descriptor, F_SETSIG, SIGURG);
  if (fcntl(descriptor, F_SETLEASE, F_RDLCK) != 0) return errno == EAGAIN;
  fcntl(descriptor, F_SETLEASE, F_UNLCK);
  return false;
}

// Embedded Swift takes all memory from posix_memalign, which is slower in glibc than malloc, even for an alignment that
// malloc has anyway. The linker replaces it by this function (--wrap), in release builds only.
int __wrap_posix_memalign(void **memory, size_t alignment, size_t size);
int __wrap_posix_memalign(void **memory, size_t alignment, size_t size) {
  void *new = alignment <= _Alignof(max_align_t) ? malloc(size) : aligned_alloc(alignment, size);
  if (!new) return ENOMEM;
  *memory = new;
  return 0;
}

void clinux_occupy_standard_descriptors(void) {
  for (int number = STDIN_FILENO; number <= STDERR_FILENO; number++) {
    if (fcntl(number, F_GETFD) < 0) open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

int clinux_reopen_for_writing(int descriptor) {
  char path[32];
  snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
  return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

#if __SIZEOF_LONG__ == 4
static int64_t nanoseconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t clinux_monotonic_nanoseconds(void) { return nanoseconds(CLOCK_MONOTONIC); }

int64_t clinux_realtime_nanoseconds(void) { return nanoseconds(CLOCK_REALTIME); }
#endif
