#include "CGnuTLS.h"

int cgnutls_check_identity(const void *certificate, size_t certificate_size, const void *key, size_t key_size) {
  gnutls_certificate_credentials_t credentials;
  int result = gnutls_certificate_allocate_credentials(&credentials);
  if (result < 0) return result;
  gnutls_datum_t chain = {(void *)certificate, (unsigned int)certificate_size};
  gnutls_datum_t secret = {(void *)key, (unsigned int)key_size};
  result = gnutls_certificate_set_x509_key_mem(credentials, &chain, &secret, GNUTLS_X509_FMT_PEM);
  gnutls_certificate_free_credentials(credentials);
  return result < 0 ? result : 0;
}
