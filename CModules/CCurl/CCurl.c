// The shims are static inline functions of the header; a C target needs a source.
#include "CCurl.h"
