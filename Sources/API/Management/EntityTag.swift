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
    return Self.lists(condition.span, tag(of: resource).span)
  }

  /// Whether a list of tags, or `*`, has this one; with `weakly` also as a weak tag.
  static func lists(
    _ list: Span<UInt8>, _ wanted: Span<UInt8>, weakly: Bool = false
  ) -> Bool {
    var start = 0
    while start <= list.count {
      let end = list.firstIndex(of: UInt8(ascii: ","), from: start) ?? list.count
      var item = list.extracting(start..<end).trimmingBlanks
      if weakly, item.hasPrefix("W/") { item = item.extracting(droppingFirst: 2) }
      if item.equals("*") || item.equals(wanted) { return true }
      start = end + 1
    }
    return false
  }
}
