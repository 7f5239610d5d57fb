// Empty: the shims are static inline functions of the header, but a C target needs a source file.
#include "CCurl.h"
