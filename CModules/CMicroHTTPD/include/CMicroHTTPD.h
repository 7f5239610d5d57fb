// libmicrohttpd for HTTPServer: the header, and typed shims for its variadic functions, without policy.
// Works with 0.9.75 (Debian 12) and 1.0.x.
#pragma once
#include <microhttpd.h>
#include <stdbool.h>
#include <string.h>

// The settings of a daemon. Every callback gets `context`.
struct cmhd_settings {
  void *context;
  void *(*on_target)(void *context, const char *target, struct MHD_Connection *connection);
  MHD_AccessHandlerCallback on_request;
  MHD_RequestCompletedCallback on_completed;
  MHD_NotifyConnectionCallback on_connection;
  unsigned int connection_limit;
  unsigned int idle_seconds;
  size_t connection_memory;
  const char *tls_certificate;  // PEM, or NULL for plain HTTP
  const char *tls_key;
  const char *tls_priorities;  // a GnuTLS priority string
};

// Starts a daemon for an external event loop (epoll). It does not listen: the caller adds connections. NULL if it fails.
// MHD_start_daemon(3).
struct MHD_Daemon *cmhd_start(const struct cmhd_settings *settings);

// The daemon's epoll descriptor, which is readable when MHD_run has something to do. The daemon owns it.
int cmhd_epoll_descriptor(struct MHD_Daemon *daemon);

// Whether the library itself parses requests as strictly as RFC 9112 asks (1.0.0 and later).
static inline bool cmhd_is_strict(void) { return MHD_get_version()[0] != '0'; }

// What a content reader returns at the end of a body, and to abort one. Swift cannot import the casts.
static inline ssize_t cmhd_end_of_stream(void) { return MHD_CONTENT_READER_END_OF_STREAM; }
static inline ssize_t cmhd_end_with_error(void) { return MHD_CONTENT_READER_END_WITH_ERROR; }

// The application's pointer of a connection, which can be set through the result.
static inline void **cmhd_connection_context(struct MHD_Connection *connection) {
  return (void **)&MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

// Sets how long a connection may be silent, instead of the daemon's `idle_seconds`.
void cmhd_set_idle_seconds(struct MHD_Connection *connection, unsigned int seconds);

// The number of bytes from the method to the end of the header section.
static inline size_t cmhd_header_section_size(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  return info ? info->header_size : 0;
}
