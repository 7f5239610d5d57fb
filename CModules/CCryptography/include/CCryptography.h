// Hashes, comparisons and certificates for Cryptography, without policy: GnuTLS.c over GnuTLS, on which libmicrohttpd
// depends anyway; MbedTLS.c over mbedTLS in the static build, which serves no TLS.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The library, and its version as it is in use: a static text.
static inline bool ccryptography_is_gnutls(void) {
#ifdef POSTERN_STATIC
  return false;
#else
  return true;
#endif
}
const char *ccryptography_version(void);

// Whether two secrets are equal, in a time that does not depend on where they differ.
bool ccryptography_equal(const void *one, const void *other, size_t size);

// SHA-256 (FIPS 180-4) and HMAC with it (RFC 2104), 32 bytes each. False if a policy of the system forbids it.
bool ccryptography_sha256(const void *bytes, size_t size, uint8_t *digest);
bool ccryptography_hmac_sha256(const void *key, size_t key_size, const void *bytes, size_t size, uint8_t *code);

// Why a PEM certificate chain and a PEM key cannot be read, or do not belong together, or cannot be used at all: a
// static text. NULL if they can be used.
const char *ccryptography_identity_fault(const void *certificate, size_t certificate_size, const void *key,
                                         size_t key_size);

// Facts of a certificate. Times are in seconds since 1970.
struct ccryptography_certificate {
  int64_t activation;
  int64_t expiration;
  const char *key_algorithm;  // static
  unsigned int key_bits;
  bool has_weak_key;        // below 112 bits of security: RSA below 2048 bits, elliptic curves below 224
  bool has_weak_signature;  // by a broken hash: SHA-1, MD5
};

// Reads the facts of the first certificate of a text in PEM. False if the text has no readable certificate.
bool ccryptography_read_certificate(const void *pem, size_t size, struct ccryptography_certificate *facts);
