import Bytes
import TestSupport
import Testing

@testable import Outbox

/// The life of entries, with everything that storage does to them.
@Suite(.seeded) struct OutboxTableTests {
  @Test func keepsAMessageFromItsArrivalUntilItIsForgotten() throws {
    let bench = try OutboxBench()
    let body = String(repeating: "é", count: 400)
    let entry = try #require(bench.add("msg_1", body: body, receiver: "callback", key: "k"))
    #expect(bench.table.entry(Array("msg_1".utf8)) === entry)
    #expect(bench.table.entry(withKey: Array("k".utf8)) === entry)
    let message = try #require(bench.table.source(of: entry))
    #expect(text(message.body) == body)
    #expect(message.fingerprint == UInt64(1) << 63 | 4)
    #expect(bench.finish(entry, "{\"a\":1}"))
    #expect(text(bench.table.result(of: entry)?.data) == "{\"a\":1}")
    // The body stays until the context has the turn.
    #expect(text(bench.table.source(of: entry)?.body) == body)
    bench.table.noteTurn(of: entry)
    #expect(bench.table.source(of: entry) == nil)
    #expect(!entry.isSettled)
    bench.table.setDelivery(.delivered, of: entry, tries: 2, parts: 1, at: 77)
    #expect(entry.isSettled)
    for _ in 0..<3 { bench.flush() }
    #expect(bench.table.removeSettled(before: 77) == 77)
    #expect(bench.table.removeSettled(before: 78) == nil)
    #expect(bench.table.entries.isEmpty)
    #expect(bench.table.usedBytes == 0)
    #expect(bench.table.entry(withKey: Array("k".utf8)) == nil)
    let next = try #require(bench.add("msg_2"))
    bench.table.remove(next)
    for _ in 0..<3 { bench.flush() }
    #expect(bench.table.usedBytes == 0)
    #expect(!bench.contents.contains("é".utf8.first!))
    #expect(!bench.contents.contains(UInt8(ascii: "{")))
  }

  /// What has expired is forgotten without a write: its records go when the next message comes, a few at a time.
  @Test func theEndOfKeepWritesNothing() throws {
    let bench = try OutboxBench(1 << 20)
    for number in 0..<40 {
      let entry = try #require(bench.add("\(number)"))
      #expect(bench.finish(entry, "1", turnTime: 0))
    }
    for _ in 0..<3 { bench.flush() }
    let before = bench.contents
    #expect(bench.table.removeSettled(before: .max) == nil)
    #expect(bench.table.entries.isEmpty && bench.table.usedBytes == 0)
    #expect(!bench.table.hasRetired && bench.contents == before)
    for number in 40..<43 {
      #expect(bench.add("\(number)") != nil)
      for _ in 0..<3 { bench.flush() }
    }
    #expect(bench.table.usedBytes == 3 * 256)
    #expect(try OutboxBench(1 << 20, storage: bench.contents).table.entries.count == 3)
  }

  /// Where room is short, what has expired gives it back at once.
  @Test func whatExpiresMakesRoomWhereItIsShort() throws {
    let bench = try OutboxBench()
    while let entry = bench.add("\(bench.table.entries.count)") {
      #expect(bench.finish(entry, "1", turnTime: 0))
    }
    #expect(bench.table.removeSettled(before: .max) == nil)
    for _ in 0..<3 { bench.flush() }
    #expect(bench.add("next", body: String(repeating: "x", count: 10_000)) != nil)
  }

  /// Whatever state an entry is in, it is in the same one after a restart.
  @Test func everyStateSurvives() throws {
    let bench = try OutboxBench()
    let queued = try #require(bench.add("queued", body: "q"))
    let pending = try #require(bench.add("pending", body: "p"))
    #expect(bench.finish(pending, "1"))
    let done = try #require(bench.add("done", receiver: "x", key: "k"))
    #expect(bench.finish(done, "2"))
    bench.table.noteTurn(of: done)
    bench.table.setDelivery(.waiting, of: done, tries: 3, parts: 2, at: 9)
    let failed = try #require(bench.add("failed", receiver: "x"))
    #expect(bench.finish(failed, "3", turnTime: 0))
    bench.table.setDelivery(.failed, of: failed, tries: 1, parts: 0, at: 4)
    queued.status = .running

    let again = try OutboxBench(storage: bench.contents)
    let entries = again.table.inOrder
    #expect(entries.map { text($0.id) } == ["queued", "pending", "done", "failed"])
    #expect(entries.map(\.status) == [.queued, .done, .done, .done])
    #expect(entries.map(\.isTurnKept) == [true, false, true, true])
    #expect(entries.map(\.delivery) == [.none, .none, .waiting, .failed])
    #expect(entries.map(\.tries) == [0, 0, 3, 1])
    #expect(entries[2].parts == 2)
    #expect(entries[3].settled == 4)
    #expect(text(again.table.source(of: entries[1])?.body) == "p")
    #expect(text(again.table.result(of: entries[2])?.data) == "2")
    #expect(again.table.entry(withKey: Array("k".utf8)) === entries[2])
    #expect(again.table.damaged == 0)
  }

  /// What is full refuses messages, but always takes results: in the reserve, and in place of what was handed over.
  @Test func isNeverTooFullForResults() throws {
    let bench = try OutboxBench()
    bench.table.defersErasure = false
    var entries: [OutboxEntry] = []
    while let entry = bench.add("\(entries.count)", body: String(repeating: "x", count: 1000)) {
      entries.append(entry)
    }
    #expect(entries.count > 30)
    #expect(bench.finish(entries[0], String(repeating: "y", count: 1500)))
    bench.table.noteTurn(of: entries[0])
    // The message has made way for its result.
    #expect(bench.add("more", body: String(repeating: "x", count: 1000)) == nil)
    entries[0].isFetched = true
    #expect(bench.add("more", body: "x") != nil)
    #expect(bench.table.entry(Array("0".utf8)) == nil, "it was handed over, and made room")
    #expect(entries[1...].allSatisfy { !$0.isGone })
  }

  /// Where enough was handed over no message is refused: room is made ahead, because storage gives it back slowly.
  @Test func roomIsMadeAhead() throws {
    let bench = try OutboxBench(1 << 20)
    var flushes = 0
    for number in 0..<3000 {
      let body = String(repeating: "x", count: 500)
      let entry = try #require(bench.add("\(number)", body: body), "message \(number)")
      #expect(bench.finish(entry, body))
      bench.table.noteTurn(of: entry)
      entry.isFetched = true
      // A flush takes longer than some messages.
      if bench.table.makeRoomAhead(), number % 4 == 0 {
        bench.flush()
        flushes += 1
      }
    }
    #expect(1...500 ~= flushes)
    #expect(bench.table.entries.count > 300, "what is handed over is kept as long as there is room")
  }

  @Test func eachLineOfAKeyFindsTheMessage() throws {
    let bench = try OutboxBench()
    bench.table.defersErasure = false
    let first = try #require(bench.add("first", key: "a\nb\nc"))
    let again = try OutboxBench(storage: bench.contents)
    for table in [bench.table, again.table] {
      for key in ["a", "b", "c"] {
        #expect(text(table.entry(withKey: Array(key.utf8))?.id) == "first")
      }
      #expect(table.entry(withKey: Array("a\nb".utf8)) == nil)
    }
    let second = try #require(bench.add("second", key: "b"))
    bench.table.remove(first)
    #expect(bench.table.entry(withKey: Array("a".utf8)) == nil)
    #expect(bench.table.entry(withKey: Array("b".utf8)) === second)
  }

  /// Records of the first version have no note.
  @Test func readsRecordsOfTheFirstVersion() throws {
    let bench = try OutboxBench()
    let writer = RecordWriter(buffer: ByteBuffer(capacity: 64))
    for number in [1, 1000, 1, 7] as [Int64] { writer.put(number) }
    for text in ["id", "bot", "c", "", "r", "k", "x", "a", "{}"] {
      writer.put(Array(text.utf8), limit: .max)
    }
    _ = bench.table.records.append(writer.buffer.span, number: 1 << 20, kind: 1)
    let again = try OutboxBench(storage: bench.contents)
    let entry = try #require(again.table.entry(Array("id".utf8)))
    let message = try #require(again.table.source(of: entry))
    #expect(text(message.address) == "a" && text(message.body) == "{}" && message.note.isEmpty)
  }

  /// Whatever storage keeps of the writes since the last flush, nothing that was flushed is lost, and no entry is another
  /// one's.
  @Test func powerCutsLoseNothingThatWasFlushed() throws {
    for seed in 0..<150 as Range<UInt64> {
      var random = SeededGenerator(stream: seed)
      let bench = try OutboxBench()
      // What each entry may be after the cut: from the last flush on.
      var possible: [String: Set<String>] = [:]
      var now: [String: (entry: OutboxEntry, state: String)] = [:]
      // What was finished and is forgotten may come back, as it was, for three flushes.
      var lingering: [String: Int] = [:]
      func note(_ id: String, _ entry: OutboxEntry, _ state: String) {
        now[id] = (entry, state)
        possible[id, default: ["gone"]].insert(state)
      }
      for step in 0..<Int.random(in: 1...80, using: &random) {
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1:
          let body = String(
            repeating: Character(UnicodeScalar(97 + step % 26)!),
            count: Int.random(in: 0...900, using: &random))
          if let entry = bench.add("m\(step)", body: body, receiver: "x") {
            note("m\(step)", entry, "queued " + body)
          }
        case 2:
          guard let (id, value) = now.filter({ $0.value.entry.status == .queued }).randomElement()
          else { break }
          let data =
            "\(id) " + String(repeating: "r", count: Int.random(in: 0...500, using: &random))
          if bench.finish(value.entry, data) { note(id, value.entry, "done waiting " + data) }
        case 3:
          guard let (id, value) = now.filter({ $0.value.entry.status == .done }).randomElement(),
            let data = text(bench.table.result(of: value.entry)?.data)
          else { break }
          bench.table.noteTurn(of: value.entry)
          bench.table.setDelivery(.delivered, of: value.entry, tries: 0, parts: 0, at: 1)
          note(id, value.entry, "done delivered " + data)
        case 4:
          guard let (id, value) = now.randomElement() else { break }
          if value.entry.isFinished { lingering[id] = 3 }
          bench.table.remove(value.entry)
          now[id] = nil
          possible[id]!.insert("gone")
        default:
          bench.flush()
          for id in possible.keys {
            lingering[id, default: 0] -= 1
            if lingering[id]! <= 0 { possible[id] = ["gone"] }
          }
          for (id, value) in now { possible[id] = [value.state] }
        }
      }
      #expect(bench.isMirrored, "seed \(seed)")
      let again = try OutboxBench(storage: bench.cut(&random))
      for (id, states) in possible {
        var state = "gone"
        if let entry = again.table.entry(Array(id.utf8)) {
          if entry.status == .queued {
            state = "queued " + text(again.table.source(of: entry)?.body)!
          } else {
            let word = entry.delivery == .delivered ? "delivered" : "waiting"
            state = "done \(word) " + text(again.table.result(of: entry)?.data)!
            // A turn that may be missing can still be made.
            if !entry.isTurnKept { #expect(again.table.source(of: entry) != nil) }
          }
        }
        #expect(states.contains(state), "seed \(seed): \(id) is \(state.prefix(40))")
      }
      #expect(again.table.entries.count <= possible.count)
    }
  }

  /// Flipped bits cost the records that they hit.
  @Test func damageCostsOnlyItself() throws {
    for seed in 0..<40 as Range<UInt64> {
      var random = SeededGenerator(stream: seed)
      let bench = try OutboxBench()
      for number in 0..<40 {
        _ = bench.add("m\(number)", body: String(repeating: "b", count: 20 * number))
      }
      var storage = bench.contents
      let flips = Int.random(in: 1...5, using: &random)
      for _ in 0..<flips {
        storage[Int.random(in: 0..<storage.count, using: &random)] ^=
          1 << UInt8.random(in: 0..<8, using: &random)
      }
      let again = try OutboxBench(storage: storage)
      #expect(again.table.entries.count >= 40 - flips, "seed \(seed)")
      for entry in again.table.inOrder {
        let number = Int(text(entry.id)!.dropFirst())!
        #expect(again.table.source(of: entry)?.body == Array(repeating: 98, count: 20 * number))
      }
      #expect(again.add("new") != nil)
    }
  }

  /// Any bytes are an outbox, or are refused: nothing crashes.
  @Test func anyBytesAreSurvived() throws {
    let bench = try OutboxBench()
    for number in 0..<20 { _ = bench.add("m\(number)", body: String(repeating: "b", count: 300)) }
    let good = bench.contents
    for seed in 0..<60 as Range<UInt64> {
      var random = SeededGenerator(stream: seed)
      var storage = good
      for _ in 0..<20 {
        let start = Int.random(in: 0..<storage.count - 300, using: &random)
        for place in start..<start + Int.random(in: 1..<300, using: &random) {
          storage[place] = .random(in: 0...255, using: &random)
        }
      }
      guard let again = try? OutboxBench(storage: storage) else { continue }
      for entry in again.table.inOrder { #expect(again.table.message(of: entry) != nil) }
    }
  }
}
