import JSON
import TestSupport
import Testing

@testable import Protocols

/// Calls of tools, put together from the pieces of a stream.
@Suite(.seeded) struct ToolCallAssemblyTests {
  /// A call as a client has put it together from what went out.
  struct Call: Equatable {
    var id: String
    var name: String
    var arguments = ""
    var members: [String] = []
  }

  // MARK: A table

  /// Pieces in OpenAI's format, each with its position in its delta, and the calls that they make. `*`: a new id.
  @Test(
    arguments: [
      ([#"{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}"#], [("a", "f", "{}")]),
      // The identifier, the name and the arguments each in a piece of its own.
      (
        [
          #"{"index":0,"id":"a"}"#, #"{"index":0,"function":{"name":"f"}}"#,
          #"{"index":0,"function":{"arguments":"{}"}}"#,
        ], [("a", "f", "{}")]
      ),
      ([#"{"index":0,"function":{"name":"f","arguments":"{}"}}"#], [("*", "f", "{}")]),
      ([#"{"index":0,"id":null,"function":{"name":"f"}}"#], [("*", "f", "{}")]),
      ([#"{"index":0,"id":7,"function":{"name":"f"}}"#], [("*", "f", "{}")]),
      // Calls that are not counted: told apart by their identifiers, or by their names.
      (
        [
          #"{"id":"a","function":{"name":"f","arguments":"{}"}}"#,
          #"{"id":"b","function":{"name":"f","arguments":"{}"}}"#,
        ], [("a", "f", "{}"), ("b", "f", "{}")]
      ),
      (
        [
          #"{"index":0,"id":"","function":{"name":"f","arguments":"{\"a\":1}"}}"#,
          #"{"index":0,"id":"","function":{"name":"f","arguments":"{\"a\":2}"}}"#,
        ], [("*", "f", #"{\"a\":1}"#), ("*", "f", #"{\"a\":2}"#)]
      ),
      // The same identifier twice.
      (
        [
          #"{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}"#,
          #"{"index":1,"id":"a","function":{"name":"g","arguments":"{}"}}"#,
        ], [("a", "f", "{}"), ("*", "g", "{}")]
      ),
      // Repeated in each piece.
      (
        [
          #"{"index":0,"id":"a","function":{"name":"f","arguments":"{\"a\""}}"#,
          #"{"index":0,"id":"a","function":{"name":"f","arguments":":1}"}}"#,
        ], [("a", "f", #"{\"a\":1}"#)]
      ),
      // Arguments that are JSON instead of text.
      (
        [#"{"index":0,"id":"a","function":{"name":"f","arguments":{"a":"\""}}}"#],
        [("a", "f", #"{\"a\":\"\\\"\"}"#)]
      ),
      ([#"{"index":0,"id":"a","function":{"name":"f","arguments":null}}"#], [("a", "f", "{}")]),
      ([#"{"index":0,"id":"a","function":{"name":"f","arguments":[1]}}"#], [("a", "f", "[1]")]),
      // Without a name, a call is not passed on, and neither is what comes after it.
      ([#"{"index":0,"id":"a","function":{"arguments":"{}"}}"#], []),
      (
        [#"{"index":0,"id":"a"}"#, #"{"index":1,"id":"b","function":{"name":"g"}}"#], []
      ),
      // Counted from 3.
      (
        [
          #"{"index":3,"id":"a","function":{"name":"f"}}"#,
          #"{"index":4,"id":"b","function":{"name":"g"}}"#,
        ], [("a", "f", "{}"), ("b", "g", "{}")]
      ),
      ([#"{"index":-1,"id":"a","function":{"name":"f"}}"#], [("a", "f", "{}")]),
    ] as [([String], [(String, String, String)])])
  func makesCalls(pieces: [String], expected: [(String, String, String)]) throws {
    let calls = try assemble(pieces)
    #expect(calls.count == expected.count)
    for (call, (id, name, arguments)) in zip(calls, expected) {
      #expect(id == "*" ? call.id.hasPrefix("call_") : call.id == id)
      #expect((call.name, call.arguments) == (name, arguments))
    }
    #expect(Set(calls.map(\.id)).count == calls.count)
  }

  /// What else a call has goes out after its beginning, and stays with it.
  @Test func keepsFurtherMembers() throws {
    let calls = try assemble([
      #"{"index":0,"extra_content":{"s":1}}"#, #"{"index":0,"id":"a","function":{"name":"f"}}"#,
      #"{"index":0,"x":[2]}"#,
    ])
    #expect(
      calls == [
        Call(
          id: "a", name: "f", arguments: "{}", members: [#""extra_content":{"s":1}"#, #""x":[2]"#])
      ])
  }

  // MARK: All orders

  /// One call, its pieces in each order.
  @Test func theOrderOfPiecesDoesNotMatter() throws {
    let pieces = [
      #"{"index":0,"id":"a"}"#, #"{"index":0,"function":{"name":"f"}}"#,
      #"{"index":0,"function":{"arguments":"{\"a\":1}"}}"#, #"{"index":0,"type":"function"}"#,
    ]
    for order in permutations(pieces) {
      #expect(
        try assemble(order) == [Call(id: "a", name: "f", arguments: #"{\"a\":1}"#)], "\(order)")
    }
  }

  // MARK: Random cuts

  /// Several calls, cut anywhere and mixed, each with its own pieces in order.
  @Test func callsThatComeByTurnsAreApart() throws {
    var generator = SeededGenerator(stream: 0x7001)
    for _ in 0..<300 {
      let calls = (0..<Int.random(in: 1...4, using: &generator)).map { number in
        Call(
          id: "id\(number)", name: "f\(Int.random(in: 0...1, using: &generator))",
          arguments: #"{\"n\":\#(number),\"t\":\"é\n\"}"#)
      }
      var queues = calls.enumerated().map { cut($0.element, $0.offset, &generator) }
      var mixed: [String] = []
      // Calls begin in their order, because a backend without a second index could not mean anything else.
      for place in queues.indices { mixed.append(queues[place].removeFirst()) }
      while let place = queues.indices.filter({ !queues[$0].isEmpty })
        .randomElement(using: &generator)
      {
        mixed.append(queues[place].removeFirst())
      }
      #expect(try assemble(mixed) == calls, "\(mixed)")
    }
  }

  /// The pieces of a call: its identifier and its name, in one piece or two, and the arguments in pieces.
  private func cut(
    _ call: Call, _ index: Int, _ generator: inout SeededGenerator
  ) -> [String] {
    var pieces =
      Bool.random(using: &generator)
      ? [#"{"index":\#(index),"id":"\#(call.id)","function":{"name":"\#(call.name)"}}"#]
      : [
        #"{"index":\#(index),"id":"\#(call.id)"}"#,
        #"{"index":\#(index),"function":{"name":"\#(call.name)"}}"#,
      ]
    // Not inside of an escape.
    var rest = Substring(call.arguments)
    while !rest.isEmpty {
      var end = rest.index(
        rest.startIndex, offsetBy: Int.random(in: 1...rest.count, using: &generator))
      while end < rest.endIndex, rest[rest.index(before: end)] == "\\" {
        end = rest.index(after: end)
      }
      pieces.append(
        #"{"index":\#(index),"function":{"arguments":"\#(rest[..<end])"}}"#)
      rest = rest[end...]
    }
    return pieces
  }

  // MARK: Support

  /// The calls that a client makes of what goes out, piece by piece.
  private func assemble(_ pieces: [String]) throws -> [Call] {
    let assembly = ToolCallAssembly(ByteBudget(limit: 10000), limit: 16)
    var calls: [Call] = []
    for piece in pieces {
      _ = assembly.take(piece: try value(piece), at: 0)
      put(assembly.take(), into: &calls)
    }
    assembly.finish()
    put(assembly.take(), into: &calls)
    return calls
  }

  private func put(_ deltas: [ReplyDelta], into calls: inout [Call]) {
    for delta in deltas {
      switch delta {
      case .toolCall(let index, let id, let name):
        #expect(index == calls.count, "calls begin in their order")
        #expect(!id.isEmpty && !name.isEmpty)
        calls.append(Call(id: text(id), name: text(name)))
      case .arguments(let index, let piece):
        #expect(index < calls.count, "arguments come after the beginning")
        calls[index].arguments += text(piece)
      case .callMembers(let index, let members):
        #expect(index < calls.count)
        calls[index].members.append(text(members))
      default:
        Issue.record("\(delta)")
      }
    }
  }

  private func permutations(_ pieces: [String]) -> [[String]] {
    guard pieces.count > 1 else { return [pieces] }
    return pieces.indices.flatMap { place in
      var rest = pieces
      let first = rest.remove(at: place)
      return permutations(rest).map { [first] + $0 }
    }
  }
}
