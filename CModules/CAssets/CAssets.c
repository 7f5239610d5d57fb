#include "CAssets.h"

// Relative to this file; written by scripts/document.
static const unsigned char openapi[] = {
#embed "openapi.json.gz"
};
const unsigned char *const cassets_openapi_bytes = openapi;
const size_t cassets_openapi_count = sizeof openapi;

// The files of the console, each compressed; console.inc is written by scripts/document.
#include "console.inc"
const struct cassets_file *const cassets_console = console_files;
const size_t cassets_console_count = sizeof console_files / sizeof *console_files;
