import Bytes
internal import CAssets
internal import CZlib
import HTTPServer

/// A file that is part of the binary, compressed.
///
/// Clients that accept gzip get it as it is. For others it is inflated, once for all of them.
final class Asset {
  private let contentType: StaticString
  /// The file as gzip (RFC 1952).
  private let compressed: UnsafeBufferPointer<UInt8>
  private lazy var inflated = inflate()

  init(_ compressed: UnsafeBufferPointer<UInt8>, contentType: StaticString) {
    self.compressed = compressed
    self.contentType = contentType
  }

  /// docs/openapi.json: the description of the HTTP interface.
  static func openAPI() -> Asset {
    Asset(
      UnsafeBufferPointer(start: cassets_openapi_bytes, count: cassets_openapi_count),
      contentType: "application/json")
  }

  /// The file in the form that the client accepts.
  func response(to request: Request) -> Response {
    let accepted = request.list("Accept-Encoding")
    let acceptsGzip = accepted.map { ContentCoding.isGzipAccepted($0.span) } ?? false
    var response = Response(
      status: 200, contentType: contentType,
      content: acceptsGzip ? .constant(compressed) : .bytes(inflated))
    if acceptsGzip { response.fields.append(("Content-Encoding", [UInt8]("gzip"))) }
    response.fields.append(("Vary", [UInt8]("Accept-Encoding")))
    return response
  }

  private func inflate() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: inflatedCount) { buffer, count in
      let isSound = czlib_inflate(
        compressed.baseAddress, compressed.count, buffer.baseAddress, inflatedCount)
      precondition(isSound, "the binary's files are sound")
      count = inflatedCount
    }
  }

  /// The last four bytes of a gzip file tell its length, the lowest first.
  private var inflatedCount: Int {
    compressed.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
