import Bytes
import JSON

/// The calls of tools in a streamed reply: the one place where their pieces are put together, for all vendors.
///
/// A vendor's assembly says when a call begins, grows and ends; what goes out to the client is decided here.
final class ToolCallAssembly {
  private struct Call {
    /// The vendor's number of the call, or of the block that it is.
    let number: Int
    /// The identifier, as text; empty where the backend gave none.
    let id: [UInt8]
    /// Whether any of the arguments have come.
    var hasArguments = false
  }

  private let budget: ByteBudget
  private let limit: Int
  private var calls: [Call] = []

  /// No calls so far, and no more than `limit`: a reply with more exhausts the budget.
  init(_ budget: ByteBudget, limit: Int) {
    self.budget = budget
    self.limit = limit
  }

  /// The place of the latest call of this number, counted from 0. A piece with an identifier of its own belongs to
  /// another call, whatever its number.
  func place(of number: Int, id: JSONValue?) -> Int? {
    let id = id?.string ?? []
    return calls.lastIndex { known in
      known.number == number && (id.isEmpty || known.id.isEmpty || known.id == id)
    }
  }

  /// A call begins. Returns its place; `nil` if there are too many.
  func begin(
    _ number: Int, id: JSONValue?, name: JSONValue?, into progress: ReplyProgress
  ) -> Int? {
    guard calls.count < limit else {
      budget.exhaust()
      return nil
    }
    let place = calls.count
    calls.append(Call(number: number, id: id?.string ?? []))
    progress.hasToolCall = true
    progress.deltas.append(
      .toolCall(index: place, id: id.insideOfString, name: name.insideOfString))
    return place
  }

  /// More of a call's arguments have come: a string with a piece of JSON text in it; anything else has none.
  func append(_ arguments: JSONValue?, to place: Int, into progress: ReplyProgress) {
    let piece = arguments.insideOfString
    guard !piece.isEmpty else { return }
    calls[place].hasArguments = true
    progress.deltas.append(.arguments(index: place, piece))
  }

  /// A call is whole. One without arguments has an empty object, which the client has not got yet.
  func end(_ place: Int, into progress: ReplyProgress) {
    guard !calls[place].hasArguments else { return }
    progress.deltas.append(.arguments(index: place, [UInt8]("{}")))
  }
}
