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

  /// A file of the console by its name; `nil` for an unknown one.
  static func console(_ name: Span<UInt8>) -> Asset? {
    for index in 0..<cassets_console_count {
      let file = cassets_console![index]
      guard name.equals(Text(cString: file.name).bytes.span) else { continue }
      return Asset(
        UnsafeBufferPointer(start: file.bytes, count: file.count),
        contentType: contentType(of: name))
    }
    return nil
  }

  private static func contentType(of name: Span<UInt8>) -> StaticString {
    switch name[name.count - 1] {
    case UInt8(ascii: "s") where name[name.count - 2] == UInt8(ascii: "j"):
      "text/javascript; charset=utf-8"
    case UInt8(ascii: "s"): "text/css; charset=utf-8"
    case UInt8(ascii: "g"): "image/svg+xml"
    default: "text/html; charset=utf-8"
    }
  }

  /// The file in the form that the client accepts, or 304 if the client has it; RFC 9110 section 13.1.2.
  func response(to request: Request) -> Response {
    let known = request.list("If-None-Match") ?? []
    let accepted = request.list("Accept-Encoding")
    let acceptsGzip = accepted.map { ContentCoding.isGzipAccepted($0.span) } ?? false
    let tag = tag(isGzip: acceptsGzip)
    let isKnown = EntityTag.lists(known.span, tag.span, weakly: true)
    var response =
      isKnown
      ? Response(status: 304, contentType: nil, body: [])
      : Response(
        status: 200, contentType: contentType,
        content: acceptsGzip ? .constant(compressed) : .bytes(inflated))
    response.fields.append(("ETag", tag))
    if acceptsGzip, !isKnown { response.fields.append(("Content-Encoding", [UInt8]("gzip"))) }
    response.fields.append(("Vary", [UInt8]("Accept-Encoding")))
    return response
  }

  /// The tag of one of its two forms: the checksum and the length that end a gzip file.
  private func tag(isGzip: Bool) -> [UInt8] {
    var tag = [UInt8]("\"")
    tag.append(hexadecimal: [UInt8](compressed.suffix(8)))
    tag.append(isGzip ? "-gzip\"" : "\"")
    return tag
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
