import Bytes
import JSON

/// Gathers members for an object in which each name stands once.
struct ReplyMetadata {
  private var members: [JSONMember] = []
  private var places: [[UInt8]: Int] = [:]

  /// Takes a member; it takes the place of an earlier one of the same name.
  mutating func insert(_ member: JSONMember) {
    let name = member.name.string ?? []
    if let place = places[name] {
      members[place] = member
    } else {
      places[name] = members.count
      members.append(member)
    }
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
