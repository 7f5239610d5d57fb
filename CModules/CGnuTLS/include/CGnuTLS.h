// GnuTLS for Cryptography: hashes and certificates, without policy. libmicrohttpd depends on GnuTLS anyway.
#pragma once
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

// Checks that a PEM certificate chain and a PEM key can be read and belong together. Returns 0, or an error number for
// gnutls_strerror(3).
int cgnutls_check_identity(const void *certificate, size_t certificate_size, const void *key, size_t key_size);
