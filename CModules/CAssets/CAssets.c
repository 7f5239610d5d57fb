#include "CAssets.h"

// Relative to this file.
static const unsigned char openapi[] = {
#embed "../../docs/openapi.json"
};
const unsigned char *const cassets_openapi_bytes = openapi;
const size_t cassets_openapi_count = sizeof openapi;
