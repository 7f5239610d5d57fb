import Backends
import Bytes
import Configuration
import HTTPServer
import JSON

/// The versions of resources: `ETag` and `If-Match`; RFC 9110 sections 8.8.3 and 13.1.1.
///
/// A tag is a keyed hash of the resource, secrets included. The key belongs to this process, so the tag reveals nothing,
/// and changes with a restart.
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

  /// Whether a condition holds: a missing one, `*`, or a list with the resource's tag. Weak tags never match.
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
