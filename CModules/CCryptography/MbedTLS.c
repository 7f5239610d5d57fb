#ifdef POSTERN_STATIC
#include "CCryptography.h"

#include <mbedtls/constant_time.h>
#include <mbedtls/md.h>
#include <mbedtls/pk.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

const char *ccryptography_version(void) { return MBEDTLS_VERSION_STRING; }

bool ccryptography_equal(const void *one, const void *other, size_t size) {
  return mbedtls_ct_memcmp(one, other, size) == 0;
}

bool ccryptography_sha256(const void *bytes, size_t size, uint8_t *digest) {
  return mbedtls_sha256(bytes, size, digest, 0) == 0;
}

bool ccryptography_hmac_sha256(const void *key, size_t key_size, const void *bytes, size_t size, uint8_t *code) {
  const mbedtls_md_info_t *sha256 = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
  return mbedtls_md_hmac(sha256, key, key_size, bytes, size, code) == 0;
}

// mbedTLS wants the zero byte after a text in PEM to be part of it.
static unsigned char *copy_text(const void *bytes, size_t size) {
  unsigned char *text = malloc(size + 1);
  if (text == NULL) return NULL;
  memcpy(text, bytes, size);
  text[size] = 0;
  return text;
}

static int read_chain(mbedtls_x509_crt *chain, const void *pem, size_t size) {
  unsigned char *text = copy_text(pem, size);
  if (text == NULL) return MBEDTLS_ERR_X509_ALLOC_FAILED;
  // A positive number counts certificates that cannot be read.
  int result = mbedtls_x509_crt_parse(chain, text, size + 1);
  free(text);
  return result;
}

static int fill_random(void *context, unsigned char *bytes, size_t count) {
  while (count > 0) {
    ssize_t filled = getrandom(bytes, count, 0);
    if (filled < 0) return MBEDTLS_ERR_PK_BAD_INPUT_DATA;
    bytes += filled;
    count -= (size_t)filled;
  }
  return 0;
}

static int read_key(mbedtls_pk_context *key, const void *pem, size_t size) {
  unsigned char *text = copy_text(pem, size);
  if (text == NULL) return MBEDTLS_ERR_PK_ALLOC_FAILED;
  int result = mbedtls_pk_parse_key(key, text, size + 1, NULL, 0, fill_random, NULL);
  mbedtls_platform_zeroize(text, size);
  free(text);
  return result;
}

const char *ccryptography_identity_fault(const void *certificate, size_t certificate_size, const void *key,
                                         size_t key_size) {
  mbedtls_x509_crt chain;
  mbedtls_pk_context secret;
  mbedtls_x509_crt_init(&chain);
  mbedtls_pk_init(&secret);
  const char *fault = NULL;
  if (read_chain(&chain, certificate, certificate_size) != 0) {
    fault = "The certificate cannot be read.";
  } else if (read_key(&secret, key, key_size) != 0) {
    fault = "The key cannot be read.";
  } else if (mbedtls_pk_check_pair(&chain.pk, &secret, fill_random, NULL) != 0) {
    fault = "The certificate and the given key do not match.";
  }
  mbedtls_pk_free(&secret);
  mbedtls_x509_crt_free(&chain);
  return fault;
}

static int64_t seconds_since_1970(const mbedtls_x509_time *time) {
  struct tm fields = {
      .tm_year = time->year - 1900,
      .tm_mon = time->mon - 1,
      .tm_mday = time->day,
      .tm_hour = time->hour,
      .tm_min = time->min,
      .tm_sec = time->sec,
  };
  return timegm(&fields);
}

static void read_facts(const mbedtls_x509_crt *certificate, struct ccryptography_certificate *facts) {
  facts->activation = seconds_since_1970(&certificate->valid_from);
  facts->expiration = seconds_since_1970(&certificate->valid_to);
  facts->key_algorithm = mbedtls_pk_get_name(&certificate->pk);
  facts->key_bits = (unsigned int)mbedtls_pk_get_bitlen(&certificate->pk);
  bool is_rsa = mbedtls_pk_can_do(&certificate->pk, MBEDTLS_PK_RSA);
  facts->has_weak_key = facts->key_bits < (is_rsa ? 2048 : 224);
  mbedtls_md_type_t hash = certificate->MBEDTLS_PRIVATE(sig_md);
  facts->has_weak_signature = hash == MBEDTLS_MD_SHA1 || hash == MBEDTLS_MD_MD5;
}

bool ccryptography_read_certificate(const void *pem, size_t size, struct ccryptography_certificate *facts) {
  mbedtls_x509_crt chain;
  mbedtls_x509_crt_init(&chain);
  bool is_readable = read_chain(&chain, pem, size) >= 0;
  if (is_readable) read_facts(&chain, facts);
  mbedtls_x509_crt_free(&chain);
  return is_readable;
}
#endif
