// libcurl for HTTPClient: the header, and typed shims for its variadic functions, without policy.
#pragma once
#include <curl/curl.h>

static inline CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_text(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, void *value) {
  return curl_easy_setopt(easy, option, value);
}

// The handle does not copy the URL, which must live as long as the handle uses it. Each transfer makes its own copy.
static inline CURLcode ccurl_set_url(CURL *easy, CURLU *url) { return curl_easy_setopt(easy, CURLOPT_CURLU, url); }

static inline CURLcode ccurl_set_fields(CURL *easy, const struct curl_slist *fields) {
  return curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields);
}

// The body is not copied, and must stay where it is until the transfer ends.
static inline CURLcode ccurl_set_body(CURL *easy, const void *bytes, curl_off_t count) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, count);
  return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_POSTFIELDS, bytes);
}

typedef size_t (*ccurl_data_function)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode ccurl_set_data_function(CURL *easy, CURLoption option, ccurl_data_function function) {
  return curl_easy_setopt(easy, option, function);
}

typedef int (*ccurl_seek_function)(void *context, curl_off_t offset, int origin);

static inline CURLcode ccurl_set_seek_function(CURL *easy, ccurl_seek_function function) {
  return curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, function);
}

typedef int (*ccurl_request_function)(void *context, char *peer, char *local, int peer_port, int local_port);

static inline CURLcode ccurl_set_request_function(CURL *easy, ccurl_request_function function) {
  return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, function);
}

typedef curl_socket_t (*ccurl_open_function)(void *context, curlsocktype purpose, struct curl_sockaddr *address);

static inline CURLcode ccurl_set_open_function(CURL *easy, ccurl_open_function function) {
  return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, function);
}

typedef int (*ccurl_close_function)(void *context, curl_socket_t socket);

static inline CURLcode ccurl_set_close_function(CURL *easy, ccurl_close_function function) {
  return curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, function);
}

static inline long ccurl_get_long(CURL *easy, CURLINFO info) {
  long value = 0;
  curl_easy_getinfo(easy, info, &value);
  return value;
}

// The media type of the response, or NULL. The handle owns it; valid until its next transfer.
static inline const char *ccurl_get_content_type(CURL *easy) {
  char *value = NULL;
  curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &value);
  return value;
}

// Continues a paused transfer. May call its callbacks. Swift cannot import CURLPAUSE_CONT, which is an expression.
static inline CURLcode ccurl_continue(CURL *easy) { return curl_easy_pause(easy, CURLPAUSE_CONT); }

// Receives nothing more until ccurl_continue. May call the socket function.
static inline CURLcode ccurl_pause(CURL *easy) { return curl_easy_pause(easy, CURLPAUSE_RECV); }

// The pointer that CURLOPT_PRIVATE was set to.
static inline void *ccurl_get_private(CURL *easy) {
  char *value = NULL;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &value);
  return value;
}

// A time of CURLINFO_*_TIME_T, in microseconds.
static inline int64_t ccurl_get_microseconds(CURL *easy, CURLINFO info) {
  curl_off_t value = 0;
  curl_easy_getinfo(easy, info, &value);
  return value;
}

static inline CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode ccurl_multi_set_context(CURLM *multi, void *context) {
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
  return curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
}

static inline CURLMcode ccurl_multi_set_socket_function(CURLM *multi, curl_socket_callback function) {
  return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, function);
}

static inline CURLMcode ccurl_multi_set_timer_function(CURLM *multi, curl_multi_timer_callback function) {
  return curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, function);
}

// How the transfer of a CURLMSG_DONE message ended. It is in a union, which Swift cannot import.
static inline CURLcode ccurl_message_result(const CURLMsg *message) { return message->data.result; }

// Tells libcurl that its timeout is over. Swift cannot import CURL_SOCKET_TIMEOUT, which is a cast.
static inline CURLMcode ccurl_multi_timeout_action(CURLM *multi) {
  int running;
  return curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

static inline CURLMcode ccurl_multi_socket_action(CURLM *multi, curl_socket_t socket, int readiness) {
  int running;
  return curl_multi_socket_action(multi, socket, readiness, &running);
}

static inline CURLcode ccurl_global_init(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }
