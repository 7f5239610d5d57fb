import Bytes
import JSON

/// The calls of tools in a streamed reply: the one place where their pieces are put together, for all vendors.
///
/// A vendor's assembly says when a call begins, grows and ends; what goes out to the client is decided here. Nothing of a
/// call goes out before its identifier and its name are known, and calls go out in their order.
final class ToolCallAssembly {
  /// A call, as far as it has come. Text is the inside of a JSON string.
  private final class Call {
    /// The vendor's number of the call, or of the block that it is.
    let number: Int
    /// The identifier that the backend gave; empty where it gave none.
    var givenID: [UInt8] = []
    /// The identifier for the client: no other call of the reply has it.
    var id: [UInt8] = []
    var name: [UInt8] = []
    let arguments = ByteBuffer(capacity: 64)
    /// The type, as JSON.
    var type: [UInt8]?
    /// Further members of the call, from the backend.
    let others: MergedObject
    /// What of that has come while the call is held back, JSON members.
    var heldMembers: [[UInt8]] = []
    /// Whether its beginning has gone out.
    var hasGone = false

    init(_ number: Int, _ budget: ByteBudget) {
      self.number = number
      others = MergedObject(budget)
    }
  }

  private let budget: ByteBudget
  private let limit: Int
  private var calls: [Call] = []
  /// How many calls have gone out.
  private var goneCount = 0
  private var deltas: [ReplyDelta] = []
  /// Whether all since the last `take` can go out as the backend sent it.
  private(set) var isPlain = true

  /// No calls so far, and no more than `limit`: a reply with more exhausts the budget.
  init(_ budget: ByteBudget, limit: Int) {
    self.budget = budget
    self.limit = limit
  }

  var isEmpty: Bool { calls.isEmpty }

  /// What is to go out since the last time.
  func take() -> [ReplyDelta] {
    isPlain = true
    guard !deltas.isEmpty else { return [] }
    var taken: [ReplyDelta] = []
    swap(&taken, &deltas)
    return taken
  }

  /// The place of the call that a piece belongs to, counted from 0: an earlier call of this number, or a new one; `nil`
  /// if there are too many.
  func place(of number: Int, id: JSONValue?, name: JSONValue?) -> Int? {
    let (id, name) = (id.insideOfString, name.insideOfString)
    if let place = known(number, id, name) {
      let call = calls[place]
      if !call.hasGone || !id.isEmpty || !name.isEmpty { isPlain = false }
      identify(call, id)
      if call.name.isEmpty { call.name = name }
      return place
    }
    guard calls.count < limit else {
      budget.exhaust()
      return nil
    }
    let call = Call(number, budget)
    budget.charge(id.count + name.count)
    identify(call, id)
    call.name = name
    calls.append(call)
    if number != calls.count - 1 { isPlain = false }
    return calls.count - 1
  }

  /// A call begins, whose identifier and name are known. Returns its place; `nil` if there are too many.
  func begin(_ number: Int, id: JSONValue?, name: JSONValue?) -> Int? {
    guard calls.count < limit else {
      budget.exhaust()
      return nil
    }
    let call = Call(number, budget)
    identify(call, id.insideOfString)
    if call.id.isEmpty { call.id = ToolCall.newID() }
    call.name = name.insideOfString
    calls.append(call)
    release()
    return calls.count - 1
  }

  /// The latest call of this number that the piece can belong to. Some backends do not count: a piece with another
  /// identifier belongs to another call, and so does one with a name, where the call before it has another name or is
  /// whole.
  private func known(_ number: Int, _ id: [UInt8], _ name: [UInt8]) -> Int? {
    for place in calls.indices.reversed() where calls[place].number == number {
      let call = calls[place]
      if !id.isEmpty, !call.givenID.isEmpty {
        if call.givenID == id { return place }
        continue
      }
      if name.isEmpty || call.name.isEmpty { return place }
      let arguments = call.arguments
      let isWhole = arguments.count > 0 && ToolCall.input(ofText: arguments.span) != nil
      return call.name == name && !isWhole ? place : nil
    }
    return nil
  }

  private func identify(_ call: Call, _ id: [UInt8]) {
    guard call.givenID.isEmpty, !id.isEmpty else { return }
    call.givenID = id
    guard call.id.isEmpty else { return isPlain = false }
    if calls.contains(where: { $0 !== call && $0.id == id }) {
      call.id = ToolCall.newID()
      isPlain = false
    } else {
      call.id = id
    }
  }

  /// More of a call's arguments: a string with a piece of JSON text in it, or JSON, which is all of them.
  func append(_ arguments: JSONValue?, to place: Int) {
    guard let arguments else { return }
    let isText = arguments.kind == .string
    if !isText { isPlain = false }
    guard !arguments.isNull, !arguments.isEmpty else { return }
    let call = calls[place]
    var piece = Optional(arguments).insideOfString
    if !isText {
      let text = ByteBuffer(capacity: 64)
      text.append(escaping: arguments.span)
      piece = text.bytes
    }
    budget.charge(piece.count)
    call.arguments.append(piece.span)
    if call.hasGone { deltas.append(.arguments(index: place, piece)) }
  }

  /// A further member of a call.
  func append(_ member: JSONMember, to place: Int) {
    let call = calls[place]
    let value = member.value
    if member.name.equals("type") {
      if call.type == nil { call.type = value.span.copied }
      return
    }
    call.others.merge(member, .growing)
    var text = Array(member.name.raw)
    text.append(":")
    text.append(copying: value.span)
    if call.hasGone {
      deltas.append(.callMembers(index: place, text))
    } else {
      call.heldMembers.append(text)
    }
  }

  /// What can go out goes out: calls in their order, as far as identifier and name are known.
  func release() {
    while goneCount < calls.count {
      let call = calls[goneCount]
      guard !call.id.isEmpty, !call.name.isEmpty else { return isPlain = false }
      deltas.append(.toolCall(index: goneCount, id: call.id, name: call.name))
      for members in call.heldMembers {
        deltas.append(.callMembers(index: goneCount, members))
      }
      if call.arguments.count > 0 {
        deltas.append(.arguments(index: goneCount, call.arguments.bytes))
      }
      call.heldMembers = []
      call.hasGone = true
      goneCount += 1
    }
  }

  /// No more pieces come. Identifiers that are missing are made up, and a call without arguments has an empty object,
  /// which the client has not got yet.
  func finish() {
    for place in calls.indices { finish(place) }
    release()
  }

  /// A call is whole.
  func finish(_ place: Int) {
    let call = calls[place]
    if call.id.isEmpty {
      call.id = ToolCall.newID()
      isPlain = false
    }
    guard call.arguments.count == 0, !call.others.has("custom") else { return }
    call.arguments.append("{}")
    if call.hasGone { deltas.append(.arguments(index: place, [UInt8]("{}"))) }
  }

  /// Whether the client's identifier of a call is the backend's.
  func isPlain(at place: Int) -> Bool { calls[place].id == calls[place].givenID }

  /// The client's identifier of a call.
  func id(of place: Int) -> [UInt8] { calls[place].id }

  /// Writes the calls as OpenAI's replies have them. The old `function_call`, whose number is negative, is a member of
  /// its own.
  func write(to writer: inout JSONWriter) {
    writer.beginArray()
    for call in calls where call.number >= 0 {
      let (id, name, arguments) = (call.id, call.name, call.arguments)
      writer.beginObject()
      writer.name("id")
      writer.raw("\"", id.span, "\"")
      if let type = call.type { writer.member("type", raw: type.span) }
      if !call.others.has("custom") {
        writer.name("function")
        writer.beginObject()
        writer.name("name")
        writer.raw("\"", name.span, "\"")
        writer.name("arguments")
        writer.raw("\"", arguments.span, "\"")
        writer.endObject()
      }
      call.others.writeMembers(to: &writer)
      writer.endObject()
    }
    writer.endArray()
  }
}
