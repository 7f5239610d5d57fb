#include "CMicroHTTPD.h"

enum { END = MHD_OPTION_END };

// MHD_USE_NO_THREAD_SAFETY, which 0.9.75 does not have. Without it, 1.0 adds a connection only at a later MHD_run, and
// tries to wake another thread for that.
enum { SINGLE_THREADED = 1U << 19 };

struct MHD_Daemon *cmhd_start(const struct cmhd_settings *settings) {
  unsigned int flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET;
  if (cmhd_is_strict()) flags |= SINGLE_THREADED;
  struct MHD_OptionItem tls[] = {
      {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)settings->tls_certificate},
      {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)settings->tls_key},
      {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)settings->tls_priorities},
      {END, 0, NULL},
  };
  if (settings->tls_certificate) {
    flags |= MHD_USE_TLS;
  } else {
    tls[0].option = END;
  }
  return MHD_start_daemon(flags, 0, NULL, NULL, settings->on_request, settings->context,
                          MHD_OPTION_URI_LOG_CALLBACK, settings->on_target, settings->context,
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
