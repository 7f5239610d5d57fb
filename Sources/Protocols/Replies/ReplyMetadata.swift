import Bytes
import JSON

/// What a backend sent besides the content: an object in which each name stands once.
///
/// It is a view of the backend's body, which it keeps in memory.
///
/// A class, since every answer hands it on, and one reference is cheaper to count than each of its arrays. Nothing
/// changes it once the reply is made.
final class ReplyMetadata: @unchecked Sendable {
  /// An object of the backend's own that is passed on byte for byte; then there are no members.
  private let object: JSONValue?
  private var members: [JSONMember] = []
  /// Where each name stands. Kept only when there are many, because a hostile backend could make walking along them
  /// quadratic.
  private var places: [[UInt8]: Int] = [:]
  /// An array that replaces the member of its name, unless it is empty.
  private(set) var list: [JSONValue] = []
  private var listName: StaticString = ""
  /// The size of the body that this is a view of.
  let byteCount: Int

  private static let walkable = 16

  /// Without members, of a body of this size.
  init(byteCount: Int = 0) {
    object = nil
    self.byteCount = byteCount
  }

  /// An object as it came, in a body of this size.
  init(_ object: JSONValue, byteCount: Int) {
    self.object = object
    self.byteCount = byteCount
  }

  /// Takes a member, which replaces an earlier one of the same name.
  @inline(never)
  func insert(_ member: JSONMember) {
    if let place = place(of: member) {
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

  /// Takes the members of an object. Leaves out `name`, whose value it returns, and with `skippingRole` also `role`.
  @inline(never)
  func insert(
    membersOf object: JSONValue, but name: StaticString, skippingRole: Bool = false
  ) -> JSONValue? {
    var value: JSONValue?
    for member in object.members {
      if member.isNamed(name) {
        value = member.value
      } else if !skippingRole || !member.isNamed("role") {
        insert(member)
      }
    }
    return value
  }

  /// Sets the elements of an array; an empty one leaves the member of that name as it came.
  func set(_ name: StaticString, elements: [JSONValue]) {
    listName = name
    list = elements
  }

  /// The value of a member as the backend sent it, even if `set` has replaced it. O(n).
  @inline(never)
  subscript(name: StaticString) -> JSONValue? {
    if let object { return object[name] }
    // By places, because a loop over the array would count a reference for each member.
    for place in members.indices where members[place].isNamed(name) { return members[place].value }
    return nil
  }

  /// The elements of an array of this name, one that was set or one that came.
  @inline(never)
  func elements(of name: StaticString) -> [JSONValue] {
    if !list.isEmpty, listName.span.equals(name) { return list }
    guard let elements = self[name]?.elements else { return [] }
    return Array(elements)
  }

  private func place(of member: JSONMember) -> Int? {
    if members.count >= Self.walkable { return places[member.name.string ?? []] }
    for place in members.indices where members[place].hasSameName(as: member) { return place }
    return nil
  }

  /// Writes the object.
  @inline(never)
  func write(to writer: inout JSONWriter) {
    if let object { return writer.raw(object.span) }
    writer.beginObject()
    writeMembers(to: &writer, but: "")
    writer.endObject()
  }

  /// Writes the object with another value in place of the member of a name, or beside the members.
  @inline(never)
  func write(
    to writer: inout JSONWriter, replacing name: StaticString, _ value: (inout JSONWriter) -> Void
  ) {
    writer.beginObject()
    if let object {
      for member in object.members where !member.isNamed(name) { Self.write(member, to: &writer) }
    } else {
      writeMembers(to: &writer, but: name)
    }
    writer.name(name)
    value(&writer)
    writer.endObject()
  }

  private static func write(_ member: JSONMember, to writer: inout JSONWriter) {
    writer.member(member)
  }

  private func writeMembers(to writer: inout JSONWriter, but name: StaticString) {
    for member in members where list.isEmpty || !member.isNamed(listName) {
      if !member.isNamed(name) { Self.write(member, to: &writer) }
    }
    if !list.isEmpty {
      writer.name(listName)
      writer.beginArray()
      for element in list { writer.raw(element.span) }
      writer.endArray()
    }
  }
}
