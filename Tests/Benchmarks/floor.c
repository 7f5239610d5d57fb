/* floor: the least that a gateway over libmicrohttpd and libcurl multi can do.
 *
 * One thread, one epoll loop. It takes a POST, forwards its body unchanged and returns the answer unchanged:
 * no JSON, no context, no choice. The difference between Postern and the floor is Postern's own cost.
 *
 *   cc -O2 -o floor floor.c $(pkg-config --cflags --libs libmicrohttpd libcurl)
 *   ./floor PORT BACKEND_URL
 */
#define _GNU_SOURCE
#include <curl/curl.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { MAX_DESCRIPTORS = 65536, POOL = 4096 };

struct exchange {
  struct MHD_Connection *connection;
  char *body, *reply;
  size_t body_length, body_capacity, reply_length, reply_capacity;
  int started, succeeded;
  struct exchange *next;
};

static CURLM *multi;
static int epoll;
static long curl_timeout = -1;
static const char *backend;
static struct curl_slist *fields;
static struct exchange *spare;
static CURL *pool[POOL];
static int pooled;
/* The events that epoll watches each descriptor for. An entry stays when curl removes the descriptor, because curl
 * uses most of them again at once. */
static unsigned char watched[MAX_DESCRIPTORS], active[MAX_DESCRIPTORS];

static void append(char **at, size_t *length, size_t *capacity, const char *bytes, size_t count) {
  if (*length + count > *capacity) {
    *capacity = (*length + count) * 2;
    *at = realloc(*at, *capacity);
  }
  memcpy(*at + *length, bytes, count);
  *length += count;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
  struct exchange *x = context;
  append(&x->reply, &x->reply_length, &x->reply_capacity, bytes, size * count);
  return size * count;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *socket_context) {
  (void)easy, (void)context, (void)socket_context;
  if (what == CURL_POLL_REMOVE) {
    active[fd] = 0;
    return 0;
  }
  active[fd] = 1;
  unsigned char want = (what & CURL_POLL_IN ? EPOLLIN : 0) | (what & CURL_POLL_OUT ? EPOLLOUT : 0);
  if (watched[fd] == (want | 128)) return 0;
  struct epoll_event event = {.events = want, .data.fd = fd};
  epoll_ctl(epoll, watched[fd] ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
  watched[fd] = want | 128;
  return 0;
}

static int on_close(void *context, curl_socket_t fd) {
  (void)context;
  watched[fd] = active[fd] = 0;
  return close(fd);
}

static int on_timer(CURLM *m, long milliseconds, void *context) {
  (void)m, (void)context;
  curl_timeout = milliseconds;
  return 0;
}

static CURL *take_easy(void) {
  if (pooled) return pool[--pooled];
  CURL *easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, backend);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 30000L);
  curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 16384L);
  curl_easy_setopt(easy, CURLOPT_POST, 1L);
  return easy;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *c, const char *url, const char *method,
                                  const char *version, const char *upload, size_t *size, void **state) {
  (void)context, (void)url, (void)method, (void)version;
  struct exchange *x = *state;
  if (!x) {
    if ((x = spare)) {
      spare = x->next;
      x->body_length = x->reply_length = 0;
      x->started = x->succeeded = 0;
    } else {
      x = calloc(1, sizeof *x);
    }
    x->connection = c;
    *state = x;
    return MHD_YES;
  }
  if (*size) {
    append(&x->body, &x->body_length, &x->body_capacity, upload, *size);
    *size = 0;
    return MHD_YES;
  }
  if (!x->started) {
    x->started = 1;
    MHD_suspend_connection(c);
    CURL *easy = take_easy();
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, x->body);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)x->body_length);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, x);
    curl_multi_add_handle(multi, easy);
    return MHD_YES;
  }
  struct MHD_Response *r = MHD_create_response_from_buffer(x->reply_length, x->reply, MHD_RESPMEM_MUST_COPY);
  MHD_add_response_header(r, "Content-Type", "application/json");
  enum MHD_Result queued = MHD_queue_response(c, x->succeeded ? 200 : 502, r);
  MHD_destroy_response(r);
  return queued;
}

static void on_completed(void *context, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode how) {
  (void)context, (void)c, (void)how;
  struct exchange *x = *state;
  if (x) x->next = spare, spare = x;
  *state = NULL;
}

static void finish_transfers(void) {
  CURLMsg *message;
  int left;
  while ((message = curl_multi_info_read(multi, &left))) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL *easy = message->easy_handle;
    CURLcode result = message->data.result;
    struct exchange *x;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &x);
    x->succeeded = result == CURLE_OK;
    curl_multi_remove_handle(multi, easy);
    if (pooled < POOL) pool[pooled++] = easy;
    else curl_easy_cleanup(easy);
    MHD_resume_connection(x->connection);
  }
}

int main(int argc, char **argv) {
  if (argc != 3) return fprintf(stderr, "usage: floor PORT BACKEND_URL\n"), 2;
  backend = argv[2];
  curl_global_init(CURL_GLOBAL_DEFAULT);
  multi = curl_multi_init();
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, 1024L);
  fields = curl_slist_append(curl_slist_append(NULL, "Content-Type: application/json"), "Expect:");
  struct MHD_Daemon *daemon =
      MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, (uint16_t)atoi(argv[1]), NULL, NULL, on_request, NULL,
                       MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_CONNECTION_LIMIT, 10000u,
                       MHD_OPTION_CONNECTION_TIMEOUT, 60u, MHD_OPTION_END);
  if (!daemon) return fprintf(stderr, "floor: cannot listen on %s\n", argv[1]), 1;
  epoll = epoll_create1(EPOLL_CLOEXEC);
  int server = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
  struct epoll_event event = {.events = EPOLLIN, .data.fd = server}, events[256];
  epoll_ctl(epoll, EPOLL_CTL_ADD, server, &event);
  for (int running;;) {
    long wait = 60000;
    MHD_UNSIGNED_LONG_LONG server_wait;
    if (MHD_get_timeout(daemon, &server_wait) == MHD_YES && (long)server_wait < wait) wait = (long)server_wait;
    if (curl_timeout >= 0 && curl_timeout < wait) wait = curl_timeout;
    int count = epoll_wait(epoll, events, 256, (int)wait);
    if (curl_timeout == 0 || count == 0) {
      curl_timeout = -1;
      curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (fd == server) continue;
      if (!active[fd]) {
        epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL);
        watched[fd] = 0;
        continue;
      }
      int mask = (events[i].events & (EPOLLIN | EPOLLHUP) ? CURL_CSELECT_IN : 0) |
                 (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                 (events[i].events & EPOLLERR ? CURL_CSELECT_ERR : 0);
      curl_multi_socket_action(multi, fd, mask, &running);
    }
    finish_transfers();
    MHD_run(daemon);
  }
}
