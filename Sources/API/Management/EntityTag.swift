import Backends
import Bytes
import Configuration
import HTTPServer
import JSON

/// The versions of resources: `ETag` and `If-Match`; RFC 9110 sections 8.8.3 and 13.1.1.
///
/// A tag is a hash of the resource, secrets included, under a key of this process: it tells nothing of them, and holds
/// until a restart.
struct EntityTag {
  private let key: SipHash.Key

  init(key: SipHash.Key) {
    self.key = key
  }

  /// The strong tag of a resource, in its quotes.
  func tag(of resource: Resource) -> [UInt8] {
    var writer = JSONWriter()
    resource.write(to: &writer, masking: false)
    let text = writer.finish()
    var hash = SipHash(key: key)
    hash.combine(text.span)
    var tag = [UInt8]("\"")
    tag.append(hexadecimal: hash.finish())
    tag.append("\"")
    return tag
  }

  /// Whether a condition holds: none, `*`, or a list with the resource's tag. Weak tags never match.
  func matches(_ condition: [UInt8]?, _ resource: Resource) -> Bool {
    guard let condition else { return true }
    let wanted = tag(of: resource)
    var start = 0
    while start <= condition.count {
      let end = condition.span.firstIndex(of: UInt8(ascii: ","), from: start) ?? condition.count
      let item = condition.span.extracting(start..<end).trimmingBlanks
      if item.equals("*") || item.equals(wanted.span) { return true }
      start = end + 1
    }
    return false
  }
}
