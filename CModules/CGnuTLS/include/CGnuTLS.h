// What Cryptography needs of GnuTLS, which libmicrohttpd brings along: hashes and certificates. No policy here.
#pragma once
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

// 0, or an error number that gnutls_strerror(3) explains: whether a PEM certificate chain and a PEM key can be
// read and belong together.
int cgnutls_check_identity(const void *certificate, size_t certificate_size, const void *key, size_t key_size);
