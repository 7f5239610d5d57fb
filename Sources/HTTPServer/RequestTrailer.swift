internal import CMicroHTTPD
import Bytes

/// The trailer section of a chunked body. Its fields mean nothing here (RFC 9110 section 6.5.1), but must be fields.
enum RequestTrailer {
  /// What is wrong with the section that libmicrohttpd has received, if anything.
  static func refusal(_ connection: OpaquePointer) -> Refusal? {
    var gate = FieldGate()
    withUnsafeMutablePointer(to: &gate) {
      _ = MHD_get_connection_values_n(
        connection, .FOOTER_KIND,
        { context, _, name, nameCount, value, valueCount in
          let name = UnsafeRawBufferPointer(start: name, count: nameCount)
          let value = UnsafeRawBufferPointer(start: value, count: valueCount)
          context!.assumingMemoryBound(to: FieldGate.self).pointee.checkTrailer(
            name: name.bindMemory(to: UInt8.self).span,
            value: value.bindMemory(to: UInt8.self).span.trimmingBlanks)
          return .YES
        }, $0)
    }
    return gate.refusal
  }
}
