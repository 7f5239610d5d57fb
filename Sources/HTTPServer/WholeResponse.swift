internal import CMicroHTTPD
import Bytes
import Platform

extension Response {
  /// The response as bytes on the wire, ending the connection: for a client that is refused before, or while,
  /// libmicrohttpd reads its request.
  func wholeResponse(identifier: [UInt8]) -> [UInt8] {
    var bytes = [UInt8]("HTTP/1.1 ")
    bytes.append(decimal: status)
    bytes.append(" ")
    bytes += Text(cString: MHD_get_reason_phrase_for(UInt32(status))).bytes
    bytes.append("\r\nDate: ")
    WallTime.now.appendHTTPDate(to: &bytes)
    if let contentType { Response.append("Content-Type", [UInt8](contentType), to: &bytes) }
    Response.append("X-Request-Id", identifier, to: &bytes)
    for field in fields { Response.append(field.name, field.value, to: &bytes) }
    bytes.append("\r\nConnection: close\r\nContent-Length: ")
    bytes.append(decimal: content.count)
    bytes.append("\r\n\r\n")
    bytes += body
    return bytes
  }

  private static func append(_ name: StaticString, _ value: [UInt8], to bytes: inout [UInt8]) {
    bytes.append("\r\n")
    bytes.append(name)
    bytes.append(": ")
    bytes += value
  }
}
