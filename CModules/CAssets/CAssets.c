#include "CAssets.h"

// Relative to this file; written by scripts/document.
static const unsigned char openapi[] = {
#embed "openapi.json.gz"
};
const unsigned char *const cassets_openapi_bytes = openapi;
const size_t cassets_openapi_count = sizeof openapi;
