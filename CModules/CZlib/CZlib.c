#include "CZlib.h"

#include <zlib.h>

bool czlib_inflate(const void *gzip, size_t gzip_count, void *output, size_t count) {
  z_stream stream = {
      .next_in = (Bytef *)gzip,
      .avail_in = (uInt)gzip_count,
      .next_out = output,
      .avail_out = (uInt)count,
  };
  // 16 more than the largest window says that it is gzip.
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) return false;
  int status = inflate(&stream, Z_FINISH);
  bool is_whole = status == Z_STREAM_END && stream.avail_out == 0;
  inflateEnd(&stream);
  return is_whole;
}

const char *czlib_version(void) { return zlibVersion(); }
