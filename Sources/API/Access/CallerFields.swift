import Bytes
import Configuration
import HTTPServer
import Logging

extension LogLine {
  /// Names a client that manages: its key, `-` without one, and its address.
  @inline(never)
  mutating func caller(_ key: APIKeySettings?, _ request: Request) {
    field("key", key?.id ?? [UInt8]("-"))
    field("peer", request.peer.text)
  }
}
