import Bytes
internal import CAssets

/// Files that are part of the binary.
enum Assets {
  /// docs/openapi.json: the description of the HTTP interface.
  static var openAPI: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: cassets_openapi_bytes, count: cassets_openapi_count)
  }
}
