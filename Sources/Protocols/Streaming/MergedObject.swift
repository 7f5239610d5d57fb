import Bytes
import JSON

/// A JSON object that comes in pieces, one object after the other.
///
/// It is kept apart from the pieces, so that its own size counts.
final class MergedObject {
  /// How a member changes one of the same name that came before. `null` never replaces a value.
  enum Rule {
    /// The latest counts.
    case latest
    /// Strings and arrays grow, objects are merged, and of all else the latest counts. But names and identifiers come
    /// once, although some backends repeat them.
    case growing
  }

  private enum Value {
    case raw([UInt8])
    /// The inside of a string.
    case text(ByteBuffer)
    /// The inside of an array.
    case list(ByteBuffer)
    case object(MergedObject)
  }

  private struct Member {
    /// With its quotes.
    let name: [UInt8]
    var value: Value
  }

  /// More members than any backend sends: finding one is a walk along them.
  private static let memberLimit = 256

  private var members: [Member] = []
  /// Where the next member is looked for first: most pieces have the same members in the same order.
  private var next = 0
  private let budget: ByteBudget

  init(_ budget: ByteBudget) {
    self.budget = budget
  }

  /// Takes all members of an object.
  @inline(never)
  func merge(_ object: JSONValue, _ rule: Rule) {
    for member in object.members { merge(member, rule) }
  }

  /// Takes a member.
  @inline(never)
  func merge(_ member: JSONMember, _ rule: Rule) {
    let value = member.value
    guard let place = place(of: member.nameSpan) else {
      return insert(member.nameSpan, make(value, rule))
    }
    if value.isNull { return }
    switch members[place].value {
    case .raw(let old) where old.span.equals(value.span):
      break
    case .text(let text) where rule == .growing && value.kind == .string:
      if text.count == 0 || !Self.comesOnce(member) { append(value.inside, to: text) }
    case .list(let elements) where rule == .growing && value.kind == .array:
      if !value.isEmpty { append(element: value.inside, to: elements) }
    case .object(let object) where value.kind == .object:
      object.merge(value, rule)
    case .raw(let old):
      budget.charge(-old.count)
      members[place].value = make(value, rule)
    default:
      members[place].value = make(value, rule)
    }
  }

  /// Takes an object as the member of this name. The first is kept byte for byte. Later ones are merged into it, and the
  /// latest of each member counts.
  @inline(never)
  func merge(_ object: JSONValue, into name: StaticString) {
    switch value(of: name) {
    case .object(let inner):
      inner.merge(object, .latest)
    case .raw(let first):
      guard let first = try? JSONDocument(first).root, first.kind == .object else { fallthrough }
      let inner = MergedObject(budget)
      inner.merge(first, .latest)
      inner.merge(object, .latest)
      budget.charge(-first.raw.count)
      set(name, .object(inner))
    default:
      set(name, raw: object.span.copied)
    }
  }

  /// Whether there is a member of this name.
  func has(_ name: StaticString) -> Bool { value(of: name) != nil }

  /// Sets a member to a value that is JSON already.
  @inline(never)
  func set(_ name: StaticString, raw json: [UInt8]) {
    budget.charge(json.count)
    set(name, .raw(json))
  }

  /// Appends to a string; `text` is the inside of a JSON string.
  @inline(never)
  func append(_ name: StaticString, text: Span<UInt8>) {
    if case .text(let old) = value(of: name) { return append(text, to: old) }
    let buffer = ByteBuffer(capacity: 32)
    append(text, to: buffer)
    set(name, .text(buffer))
  }

  /// Appends an element to an array.
  @inline(never)
  func append(_ name: StaticString, element: Span<UInt8>) {
    if case .list(let old) = value(of: name) { return append(element: element, to: old) }
    let buffer = ByteBuffer(capacity: 32)
    append(element: element, to: buffer)
    set(name, .list(buffer))
  }

  /// Writes the members, into an object that has been begun.
  func writeMembers(to writer: inout JSONWriter) {
    for member in members {
      writer.name(raw: member.name.span)
      switch member.value {
      case .raw(let json): writer.raw(json.span)
      case .text(let text): writer.raw("\"", text.span, "\"")
      case .list(let elements): writer.raw("[", elements.span, "]")
      case .object(let object): object.write(to: &writer)
      }
    }
  }

  /// Writes the object.
  @inline(never)
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writeMembers(to: &writer)
    writer.endObject()
  }

  // MARK: Keeping

  @inline(never)
  private func place(of name: Span<UInt8>) -> Int? {
    let members = members
    let borrowed = members.span
    if next < borrowed.count, borrowed[next].name.span.equals(name) {
      defer { next += 1 }
      return next
    }
    for index in borrowed.indices where borrowed[index].name.span.equals(name) {
      next = index + 1
      return index
    }
    return nil
  }

  private func value(of name: StaticString) -> Value? {
    let name = Self.quoted(name)
    return place(of: name.span).map { members[$0].value }
  }

  @inline(never)
  private func insert(_ name: Span<UInt8>, _ value: Value) {
    guard members.count < Self.memberLimit else { return budget.exhaust() }
    budget.charge(name.count)
    budget.chargeMember()
    members.append(Member(name: name.copied, value: value))
  }

  private func set(_ name: StaticString, _ value: Value) {
    let name = Self.quoted(name)
    if let place = place(of: name.span) {
      members[place].value = value
    } else {
      insert(name.span, value)
    }
  }

  private func make(_ value: JSONValue, _ rule: Rule) -> Value {
    switch value.kind {
    case .string where rule == .growing:
      let text = ByteBuffer(capacity: 32)
      append(value.inside, to: text)
      return .text(text)
    case .array where rule == .growing:
      let elements = ByteBuffer(capacity: 32)
      if !value.isEmpty { append(element: value.inside, to: elements) }
      return .list(elements)
    case .object where rule == .growing:
      let object = MergedObject(budget)
      object.merge(value, .growing)
      return .object(object)
    default:
      budget.charge(value.raw.count)
      return .raw(value.span.copied)
    }
  }

  private func append(_ text: Span<UInt8>, to buffer: ByteBuffer) {
    budget.charge(text.count)
    buffer.append(text)
  }

  private func append(element: Span<UInt8>, to elements: ByteBuffer) {
    if elements.count > 0 { elements.append(UInt8(ascii: ",")) }
    append(element, to: elements)
  }

  private static func comesOnce(_ member: JSONMember) -> Bool {
    member.isNamed("id") || member.isNamed("type") || member.isNamed("name")
      || member.isNamed("format")
  }

  private static func quoted(_ name: StaticString) -> [UInt8] {
    var quoted = [UInt8]("\"")
    quoted.append(name)
    quoted.append("\"")
    return quoted
  }
}

extension JSONValue {
  /// What stands between the quotes of a string or the brackets of an array.
  var inside: Span<UInt8> {
    @_lifetime(borrow self)
    get { span.extracting(1..<span.count - 1) }
  }
}
