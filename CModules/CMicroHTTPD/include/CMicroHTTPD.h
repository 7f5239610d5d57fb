// libmicrohttpd for HTTPServer: the header, and typed shims for its variadic functions, without policy.
// Works with 0.9.75 (Debian 12) and 1.0.x.
#pragma once
#include <microhttpd.h>
#include <stdbool.h>
#include <string.h>

// Where the bytes of a connection come from: its socket, or a GnuTLS session on it.
struct cmhd_source {
  int descriptor;
  void *session;  // gnutls_session_t, or NULL
};

// Results of receiving and reading other than a number of bytes; 0 is the end.
enum { CMHD_AGAIN = -1, CMHD_BROKEN = -2 };

// The settings of a daemon. Every callback of libmicrohttpd gets `context`.
struct cmhd_settings {
  void *context;
  // Called where libmicrohttpd would receive bytes of a watched connection: puts what libmicrohttpd is to see into
  // `buffer`. Returns the number of bytes, 0, CMHD_AGAIN or CMHD_BROKEN. All daemons of a process share it.
  ssize_t (*on_read)(void *connection, struct cmhd_source source, void *buffer, size_t size);
  // Called if the first byte on a watched connection that should speak TLS begins an HTTP request. The connection is
  // broken afterwards.
  void (*on_plain_http)(void *connection);
  MHD_AccessHandlerCallback on_request;
  MHD_RequestCompletedCallback on_completed;
  MHD_NotifyConnectionCallback on_connection;
  unsigned int connection_limit;
  unsigned int idle_seconds;
  size_t connection_memory;
  // A GnuTLS priority string, or NULL for plain HTTP. Each connection of a daemon that speaks TLS needs credentials.
  const char *tls_priorities;
};

// Starts a daemon for an external event loop (epoll). It does not listen: the caller adds connections. NULL if it fails.
// MHD_start_daemon(3).
struct MHD_Daemon *cmhd_start(const struct cmhd_settings *settings);

// The daemon's epoll descriptor, which is readable when MHD_run has something to do. The daemon owns it.
int cmhd_epoll_descriptor(struct MHD_Daemon *daemon);

// Whether the library itself parses requests as strictly as RFC 9112 asks (1.0.0 and later).
static inline bool cmhd_is_strict(void) { return MHD_get_version()[0] != '0'; }

// Whether the library was built with TLS.
static inline bool cmhd_serves_tls(void) { return MHD_is_feature_supported(MHD_FEATURE_TLS) == MHD_YES; }

// What a content reader returns at the end of a body, and to abort one. Swift cannot import the casts.
static inline ssize_t cmhd_end_of_stream(void) { return MHD_CONTENT_READER_END_OF_STREAM; }
static inline ssize_t cmhd_end_with_error(void) { return MHD_CONTENT_READER_END_WITH_ERROR; }

// The application's pointer of a connection, which can be set through the result.
static inline void **cmhd_connection_context(struct MHD_Connection *connection) {
  return (void **)&MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

// Sets how long a connection may be silent, instead of the daemon's `idle_seconds`.
void cmhd_set_idle_seconds(struct MHD_Connection *connection, unsigned int seconds);

// What TLS is agreed with: a certificate chain, its key, and the secret that encrypts the tickets of sessions.
struct cmhd_credentials;

// Makes credentials of a chain and a key in PEM. NULL if they do not belong together, or there is no memory.
struct cmhd_credentials *cmhd_make_credentials(const void *chain, size_t chain_size, const void *key, size_t key_size);

// Frees credentials, after the last connection that has them. NULL is ignored.
void cmhd_free_credentials(struct cmhd_credentials *credentials);

// Gives a connection its credentials, which must outlive it: in on_connection, when it starts. False if there is no
// memory; the agreement then fails.
bool cmhd_use_credentials(struct MHD_Connection *connection, const struct cmhd_credentials *credentials);

// MHD_run, with `on_read` called for watched connections. `has_events` is false if the epoll descriptor need not be asked:
// resumed connections are continued, and time-outs are looked at.
void cmhd_run(struct MHD_Daemon *daemon, bool has_events);

// Watches a connection of a daemon: `connection` goes with the calls about it. `is_secure` says that it speaks TLS.
// False if there is no memory.
bool cmhd_watch(int descriptor, void *connection, bool is_secure);

// Ends that, before the descriptor is closed.
void cmhd_unwatch(int descriptor);

// Receives bytes; recv(2), gnutls_record_recv(3). Returns their number, 0 at the end, CMHD_AGAIN or CMHD_BROKEN.
ssize_t cmhd_receive(struct cmhd_source source, void *buffer, size_t size);

// Sends a short text of the server's own. False if it did not go out whole: the connection must end.
bool cmhd_send(struct cmhd_source source, const void *bytes, size_t count);

// Tells libmicrohttpd that a connection was not silent. `idle_seconds` is its timeout.
static inline void cmhd_note_activity(struct MHD_Connection *connection, unsigned int idle_seconds) {
  // The clock is set where a connection had no timeout.
  MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, 0);
  MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, idle_seconds);
}

// Has libmicrohttpd read from a connection with its next run, whether it knows of bytes or not. Not during a run.
static inline void cmhd_read_again(struct MHD_Connection *connection) {
  MHD_suspend_connection(connection);
  MHD_resume_connection(connection);
}
