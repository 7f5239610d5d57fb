#include "CMicroHTTPD.h"

#include <errno.h>
#ifndef POSTERN_STATIC
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#endif
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { END = MHD_OPTION_END };

// MHD_USE_NO_THREAD_SAFETY, which 0.9.75 does not have. Without it, 1.0 adds a connection only at a later MHD_run, and
// tries to wake another thread for that.
enum { SINGLE_THREADED = 1U << 19 };

// The same for all daemons. Atomic because unit tests run servers on several threads.
static ssize_t (*_Atomic on_read)(void *, struct cmhd_source, void *, size_t);
static void (*_Atomic on_plain_http)(void *);

#ifndef POSTERN_STATIC
// libmicrohttpd asks for a certificate, or for this function. GnuTLS never calls it, because each connection gets other
// credentials than libmicrohttpd's before its first byte.
static int no_certificate(gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count,
                          const gnutls_pk_algorithm_t *algorithms, int algorithm_count, gnutls_pcert_st **chain,
                          unsigned int *chain_length, gnutls_privkey_t *key) {
  return -1;
}
#endif

struct MHD_Daemon *cmhd_start(const struct cmhd_settings *settings) {
  unsigned int flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET;
  if (cmhd_is_strict()) flags |= SINGLE_THREADED;
  struct MHD_OptionItem tls[] = {
#ifndef POSTERN_STATIC
      {MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)no_certificate},
#endif
      {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)settings->tls_priorities},
      {END, 0, NULL},
  };
  on_read = settings->on_read;
  on_plain_http = settings->on_plain_http;
  if (settings->tls_priorities) {
    flags |= MHD_USE_TLS;
  } else {
    tls[0].option = END;
  }
  return MHD_start_daemon(flags, 0, NULL, NULL, settings->on_request, settings->context,
                          MHD_OPTION_NOTIFY_COMPLETED, settings->on_completed, settings->context,
                          MHD_OPTION_NOTIFY_CONNECTION, settings->on_connection, settings->context,
                          MHD_OPTION_CONNECTION_LIMIT, settings->connection_limit,
                          MHD_OPTION_CONNECTION_TIMEOUT, settings->idle_seconds,
                          MHD_OPTION_CONNECTION_MEMORY_LIMIT, settings->connection_memory,
                          MHD_OPTION_STRICT_FOR_CLIENT, cmhd_is_strict() ? 1 : 0,
                          MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

void cmhd_set_idle_seconds(struct MHD_Connection *connection, unsigned int seconds) {
  MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, seconds);
}

int cmhd_epoll_descriptor(struct MHD_Daemon *daemon) {
  return MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

// MARK: TLS

#ifdef POSTERN_STATIC
// The configuration refuses a certificate.
struct cmhd_credentials *cmhd_make_credentials(const void *chain, size_t chain_size, const void *key, size_t key_size) {
  return NULL;
}

void cmhd_free_credentials(struct cmhd_credentials *credentials) {}

bool cmhd_use_credentials(struct MHD_Connection *connection, const struct cmhd_credentials *credentials) {
  return false;
}
#else
struct cmhd_credentials {
  gnutls_certificate_credentials_t identity;
  gnutls_datum_t ticket_key;
};

struct cmhd_credentials *cmhd_make_credentials(const void *chain, size_t chain_size, const void *key, size_t key_size) {
  struct cmhd_credentials *credentials = calloc(1, sizeof *credentials);
  if (!credentials) return NULL;
  gnutls_datum_t chain_text = {(void *)chain, (unsigned int)chain_size};
  gnutls_datum_t key_text = {(void *)key, (unsigned int)key_size};
  if (gnutls_certificate_allocate_credentials(&credentials->identity) >= 0 &&
      gnutls_certificate_set_x509_key_mem(credentials->identity, &chain_text, &key_text, GNUTLS_X509_FMT_PEM) >= 0 &&
      gnutls_session_ticket_key_generate(&credentials->ticket_key) >= 0) {
    return credentials;
  }
  cmhd_free_credentials(credentials);
  return NULL;
}

void cmhd_free_credentials(struct cmhd_credentials *credentials) {
  if (!credentials) return;
  if (credentials->identity) gnutls_certificate_free_credentials(credentials->identity);
  if (credentials->ticket_key.data) gnutls_memset(credentials->ticket_key.data, 0, credentials->ticket_key.size);
  gnutls_free(credentials->ticket_key.data);
  free(credentials);
}

bool cmhd_use_credentials(struct MHD_Connection *connection, const struct cmhd_credentials *credentials) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
  if (!info) return false;
  gnutls_session_t session = info->tls_session;
  return gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials->identity) >= 0 &&
         gnutls_session_ticket_enable_server(session, &credentials->ticket_key) >= 0;
}
#endif

// MARK: Reading before libmicrohttpd
//
// libmicrohttpd has no hook for received bytes. It receives by recv and gnutls_record_recv, which the dynamic linker
// looks up in the executable first, and a static link finds here, too. So the two functions below are called instead.
// They pass on what is not about a watched connection within cmhd_run: other libraries and threads use recv as well.

struct watch {
  void *connection;
  bool is_secure;
  bool has_begun;
};

// By descriptor. Each thread has those of the daemons that it runs.
static _Thread_local struct watch *watches;
static _Thread_local int watch_count;
static _Thread_local bool is_running;
static _Thread_local bool skips_events;

void cmhd_run(struct MHD_Daemon *daemon, bool has_events) {
  is_running = true;
  skips_events = !has_events;
  MHD_run(daemon);
  is_running = false;
  skips_events = false;
}

#ifndef POSTERN_STATIC
// libmicrohttpd asks for events in every run, a system call. (musl has it in one object with epoll_ctl, so that a static
// link cannot replace it.)
int epoll_wait(int epoll, struct epoll_event *events, int capacity, int milliseconds) {
  return skips_events ? 0 : epoll_pwait(epoll, events, capacity, milliseconds, NULL);
}
#endif

bool cmhd_watch(int descriptor, void *connection, bool is_secure) {
  if (descriptor >= watch_count) {
    int count = 2 * descriptor + 64;
    struct watch *larger = realloc(watches, (size_t)count * sizeof *larger);
    if (!larger) return false;
    memset(larger + watch_count, 0, (size_t)(count - watch_count) * sizeof *larger);
    watches = larger;
    watch_count = count;
  }
  watches[descriptor] = (struct watch){connection, is_secure, false};
  return true;
}

void cmhd_unwatch(int descriptor) {
  if (descriptor < watch_count) watches[descriptor].connection = NULL;
}

static struct watch *find_watch(int descriptor) {
  if (!is_running || descriptor < 0 || descriptor >= watch_count) return NULL;
  struct watch *watch = &watches[descriptor];
  return watch->connection ? watch : NULL;
}

// Whether an HTTP request may begin so: with a method. The first byte of TLS is a record type.
static bool begins_request(unsigned char byte) { return byte >= 'A' && byte <= 'Z'; }

// GnuTLS receives by this function, too.
static ssize_t receive_secured(struct watch *watch, int descriptor, void *buffer, size_t size) {
  ssize_t count = recvfrom(descriptor, buffer, size, 0, NULL, NULL);
  if (count <= 0 || watch->has_begun) return count;
  watch->has_begun = true;
  if (!begins_request(*(unsigned char *)buffer)) return count;
  on_plain_http(watch->connection);
  errno = ECONNRESET;
  return -1;
}

ssize_t recv(int descriptor, void *buffer, size_t size, int flags) {
  struct watch *watch = flags == 0 ? find_watch(descriptor) : NULL;
  if (!watch) return recvfrom(descriptor, buffer, size, flags, NULL, NULL);
  if (watch->is_secure) return receive_secured(watch, descriptor, buffer, size);
  struct cmhd_source source = {descriptor, NULL};
  ssize_t count = on_read(watch->connection, source, buffer, size);
  if (count >= 0) return count;
  errno = count == CMHD_AGAIN ? EAGAIN : ECONNRESET;
  return -1;
}

#ifndef POSTERN_STATIC
ssize_t gnutls_record_recv(gnutls_session_t session, void *buffer, size_t size) {
  int descriptor = gnutls_transport_get_int(session);
  struct watch *watch = find_watch(descriptor);
  if (!watch) return gnutls_record_recv_seq(session, buffer, size, NULL);
  struct cmhd_source source = {descriptor, session};
  ssize_t count = on_read(watch->connection, source, buffer, size);
  if (count >= 0) return count;
  return count == CMHD_AGAIN ? GNUTLS_E_AGAIN : GNUTLS_E_PREMATURE_TERMINATION;
}

static ssize_t receive_by_session(gnutls_session_t session, void *buffer, size_t size) {
  ssize_t count;
  do count = gnutls_record_recv_seq(session, buffer, size, NULL);
  while (count == GNUTLS_E_INTERRUPTED);
  if (count >= 0) return count;
  return count == GNUTLS_E_AGAIN ? CMHD_AGAIN : CMHD_BROKEN;
}
#endif

ssize_t cmhd_receive(struct cmhd_source source, void *buffer, size_t size) {
  ssize_t count;
#ifndef POSTERN_STATIC
  if (source.session) return receive_by_session(source.session, buffer, size);
#endif
  do count = recvfrom(source.descriptor, buffer, size, 0, NULL, NULL);
  while (count < 0 && errno == EINTR);
  if (count >= 0) return count;
  return errno == EAGAIN ? CMHD_AGAIN : CMHD_BROKEN;
}

bool cmhd_send(struct cmhd_source source, const void *bytes, size_t count) {
#ifndef POSTERN_STATIC
  if (source.session) return gnutls_record_send(source.session, bytes, count) == (ssize_t)count;
#endif
  return send(source.descriptor, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)count;
}
