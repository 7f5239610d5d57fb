#ifndef POSTERN_STATIC
#include "CCryptography.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

const char *ccryptography_version(void) { return gnutls_check_version(NULL); }

bool ccryptography_equal(const void *one, const void *other, size_t size) {
  return gnutls_memcmp(one, other, size) == 0;
}

bool ccryptography_sha256(const void *bytes, size_t size, uint8_t *digest) {
  return gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes, size, digest) == 0;
}

bool ccryptography_hmac_sha256(const void *key, size_t key_size, const void *bytes, size_t size, uint8_t *code) {
  return gnutls_hmac_fast(GNUTLS_MAC_SHA256, key, key_size, bytes, size, code) == 0;
}

const char *ccryptography_identity_fault(const void *certificate, size_t certificate_size, const void *key,
                                         size_t key_size) {
  gnutls_certificate_credentials_t credentials;
  int result = gnutls_certificate_allocate_credentials(&credentials);
  if (result < 0) return gnutls_strerror(result);
  gnutls_datum_t chain = {(void *)certificate, (unsigned int)certificate_size};
  gnutls_datum_t secret = {(void *)key, (unsigned int)key_size};
  result = gnutls_certificate_set_x509_key_mem(credentials, &chain, &secret, GNUTLS_X509_FMT_PEM);
  gnutls_certificate_free_credentials(credentials);
  return result < 0 ? gnutls_strerror(result) : NULL;
}

static void read_facts(gnutls_x509_crt_t certificate, struct ccryptography_certificate *facts) {
  facts->activation = gnutls_x509_crt_get_activation_time(certificate);
  facts->expiration = gnutls_x509_crt_get_expiration_time(certificate);
  unsigned int bits = 0;
  gnutls_pk_algorithm_t algorithm = gnutls_x509_crt_get_pk_algorithm(certificate, &bits);
  facts->key_algorithm = gnutls_pk_algorithm_get_name(algorithm);
  facts->key_bits = bits;
  facts->has_weak_key = gnutls_pk_bits_to_sec_param(algorithm, bits) < GNUTLS_SEC_PARAM_MEDIUM;
  gnutls_sign_algorithm_t signature = gnutls_x509_crt_get_signature_algorithm(certificate);
  facts->has_weak_signature = !gnutls_sign_is_secure2(signature, GNUTLS_SIGN_FLAG_SECURE_FOR_CERTS);
}

bool ccryptography_read_certificate(const void *pem, size_t size, struct ccryptography_certificate *facts) {
  gnutls_x509_crt_t certificate;
  if (gnutls_x509_crt_init(&certificate) < 0) return false;
  gnutls_datum_t text = {(void *)pem, (unsigned int)size};
  int result = gnutls_x509_crt_import(certificate, &text, GNUTLS_X509_FMT_PEM);
  if (result >= 0) read_facts(certificate, facts);
  gnutls_x509_crt_deinit(certificate);
  return result >= 0;
}
#endif
