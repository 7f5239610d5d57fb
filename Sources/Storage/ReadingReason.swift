package import Bytes
package import Platform

extension SystemError {
  /// Why a configuration file cannot be read.
  package var readingReason: Text {
    isTooLarge
      ? "the file is larger than 1 MiB"
      : isFolder
        ? "it is a folder; name a file in it" : isIrregular ? "it is not a regular file" : reason
  }
}
