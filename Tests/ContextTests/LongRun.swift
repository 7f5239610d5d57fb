import Glibc

/// Whether to run the long versions of the property tests: `POSTERN_LONG=1`.
let isLongRun = getenv("POSTERN_LONG").map { String(cString: $0) == "1" } ?? false
