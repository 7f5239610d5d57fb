import Bytes
import JSON

/// Gathers members for an object in which each name stands once.
struct ReplyMetadata {
  private var members: [JSONMember] = []
  /// Where each name stands, kept only once there are so many that walking along them would be slow: a hostile
  /// backend could make that quadratic.
  private var places: [[UInt8]: Int] = [:]

  private static let walkable = 16

  /// Takes a member; it takes the place of an earlier one of the same name.
  @inline(never)
  mutating func insert(_ member: JSONMember) {
    if let place = place(of: member.name) {
      members[place] = member
      return
    }
    if members.isEmpty { members.reserveCapacity(8) }
    members.append(member)
    if members.count == Self.walkable {
      for (place, member) in members.enumerated() { places[member.name.string ?? []] = place }
    } else if members.count > Self.walkable {
      places[member.name.string ?? []] = members.count - 1
    }
  }

  /// The value of the member of a name. O(n).
  subscript(name: StaticString) -> JSONValue? {
    for member in members where member.name.equals(name) { return member.value }
    return nil
  }

  private func place(of name: JSONValue) -> Int? {
    if members.count >= Self.walkable { return places[name.string ?? []] }
    return members.firstIndex { Self.isSame($0.name, name) }
  }

  /// Whether two names mean the same; most are written without escapes, so that bytes decide.
  private static func isSame(_ one: JSONValue, _ other: JSONValue) -> Bool {
    let (first, second) = (one.span, other.span)
    if first.equals(second) { return true }
    let hasEscape =
      first.firstIndex(of: UInt8(ascii: "\\")) != nil
      || second.firstIndex(of: UInt8(ascii: "\\")) != nil
    return hasEscape && one.string == other.string
  }

  /// The members as an object.
  var object: [UInt8] { object(with: "", []) }

  /// The members as an object, and an array under a name of its own unless that is empty.
  func object(with name: StaticString, _ array: [[UInt8]]) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    for member in members where array.isEmpty || !member.name.equals(name) {
      writer.name(raw: member.name.span)
      writer.raw(member.value.span)
    }
    if !array.isEmpty {
      writer.name(name)
      writer.beginArray()
      for element in array { writer.raw(element.span) }
      writer.endArray()
    }
    writer.endObject()
    return writer.finish()
  }
}
