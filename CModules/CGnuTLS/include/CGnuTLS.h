// GnuTLS for Cryptography: hashes and certificates, without policy. libmicrohttpd depends on GnuTLS anyway.
#pragma once
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stdint.h>

// Checks that a PEM certificate chain and a PEM key can be read and belong together. Returns 0, or an error number for
// gnutls_strerror(3).
int cgnutls_check_identity(const void *certificate, size_t certificate_size, const void *key, size_t key_size);

// Facts of a certificate. Times are in seconds since 1970.
struct cgnutls_certificate {
  int64_t activation;
  int64_t expiration;
  const char *key_algorithm;  // static
  unsigned int key_bits;
  bool has_weak_key;        // below 112 bits of security: RSA below 2048 bits, elliptic curves below 224
  bool has_weak_signature;  // by a broken hash: SHA-1, MD5
};

// Reads the facts of the first certificate in PEM. Returns 0, or an error number for gnutls_strerror(3).
int cgnutls_read_certificate(const void *pem, size_t size, struct cgnutls_certificate *facts);
