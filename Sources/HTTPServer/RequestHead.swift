internal import CMicroHTTPD
import Bytes

/// What a header section says, and what is wrong with it.
struct RequestHead {
  let method: Method
  let isHTTP10: Bool
  private(set) var contentLength: Int?
  private(set) var isChunked = false
  /// Whether the client waits for a go-ahead before it sends the body; RFC 9110 section 10.1.1.
  private(set) var expectsContinue = false
  private(set) var refusal: Refusal?

  /// Reads the section that libmicrohttpd has just received, of a request whose target has been read before:
  /// `targetCount` is how many bytes that had.
  init(_ bytes: RequestBytes, target: Target?, targetCount: Int, limit: Int) {
    let methodName = RequestHead.bytes(bytes.method)
    let version = RequestHead.bytes(bytes.version)
    method = Method(methodName.bindMemory(to: UInt8.self).span)
    isHTTP10 = version.elementsEqual("HTTP/1.0".utf8)
    var scan = FieldScan(start: methodName.baseAddress!, authority: target?.authority)
    scan.geometry.take(methodName, delimiter: 1)
    // The target has been decoded in place since; that its room is accounted for is all that can be said.
    scan.geometry.skip(targetCount + 1)
    scan.geometry.take(version, delimiter: 2)
    withUnsafeMutablePointer(to: &scan) {
      _ = MHD_get_connection_values_n(
        bytes.handle, .HEADER_KIND,
        { context, _, name, nameCount, value, valueCount in
          context!.assumingMemoryBound(to: FieldScan.self).pointee.take(
            name: UnsafeRawBufferPointer(start: name, count: nameCount),
            value: UnsafeRawBufferPointer(start: value, count: valueCount))
          return .YES
        }, $0)
    }
    let size = cmhd_header_section_size(bytes.handle)
    scan.geometry.finish(start: methodName.baseAddress!, size: size)
    scan.gate.finish(isHTTP10: isHTTP10)
    contentLength = scan.contentLength
    isChunked = scan.isChunked
    expectsContinue = scan.expectsContinue
    refusal = scan.gate.refusal
    if refusal == nil, !cmhd_is_strict(), !scan.geometry.isSound {
      refusal = .ambiguous("the header section has bytes that belong to no field")
    }
    if refusal == nil, !FieldGate.isToken(methodName.bindMemory(to: UInt8.self).span) {
      refusal = .ambiguous("the method is not a token")
    }
    if refusal == nil, target == nil {
      refusal = .badTarget
    }
    if size > limit { refusal = .fieldsTooLarge }
  }

  private static func bytes(_ text: UnsafePointer<CChar>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: text, count: strlen(text))
  }
}

/// One pass over the fields of a section.
private struct FieldScan {
  var gate = FieldGate()
  var geometry: SectionGeometry
  var contentLength: Int?
  var isChunked = false
  var expectsContinue = false
  /// What Host has to be, where the target says it.
  private let authority: [UInt8]?

  init(start: UnsafeRawPointer, authority: [UInt8]?) {
    geometry = SectionGeometry(start: start)
    self.authority = authority
  }

  mutating func take(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    geometry.take(name, delimiter: 1)
    geometry.skipBlanks(before: value)
    geometry.take(value, delimiter: 2)
    let fieldName = name.bindMemory(to: UInt8.self).span
    let fieldValue = value.bindMemory(to: UInt8.self).span.trimmingBlanks
    gate.check(name: fieldName, value: fieldValue)
    if fieldName.equalsIgnoringCase("content-length") {
      contentLength = Int(decimal: fieldValue)
    } else if fieldName.equalsIgnoringCase("transfer-encoding") {
      isChunked = true
    } else if fieldName.equalsIgnoringCase("expect") {
      expectsContinue = fieldValue.equalsIgnoringCase("100-continue")
    } else if let authority, fieldName.equalsIgnoringCase("host"),
      !fieldValue.equalsIgnoringCase(authority.span)
    {
      gate.refuse("the target names another host than the Host field")
    }
  }
}
