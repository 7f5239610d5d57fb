import Platform
import Testing
import TestSupport

@testable import EventLoop

/// The heap alone.
@Suite(.seeded) struct TimerHeapTests {
  @Test func firesInOrderOfDeadline() {
    var heap = TimerHeap()
    var fired: [Int64] = []
    for deadline in [5, 1, 4, 1, 3, 2, 9, 0] as [Int64] {
      _ = heap.schedule(at: Instant(nanoseconds: deadline)) { fired.append(deadline) }
    }
    while let action = heap.popDue(at: Instant(nanoseconds: 4)) { action() }
    #expect(fired == [0, 1, 1, 2, 3, 4])
    #expect(heap.next == Instant(nanoseconds: 5))
    while let action = heap.popDue(at: Instant(nanoseconds: 100)) { action() }
    #expect(fired == [0, 1, 1, 2, 3, 4, 5, 9])
    #expect(heap.next == nil)
  }

  @Test func aStaleNameDoesNothing() {
    var heap = TimerHeap()
    let due = Instant(nanoseconds: 1)
    let fired = heap.schedule(at: due) {}
    #expect(heap.isPending(fired))
    _ = heap.popDue(at: due)
    let cancelled = heap.schedule(at: due) {}
    heap.cancel(cancelled)
    // Takes the place of both.
    let current = heap.schedule(at: due) {}
    #expect(current != fired && current != cancelled)
    for stale in [fired, cancelled, fired] {
      #expect(!heap.isPending(stale))
      heap.cancel(stale)
    }
    #expect(heap.isPending(current))
    #expect(heap.next == due)
  }

  /// Random operations on a heap, compared with a sorted array.
  @Test(arguments: 0..<30 as Range<UInt64>) func behavesAsASortedArray(seed: UInt64) throws {
    var random = SeededGenerator(stream: seed)
    var heap = TimerHeap()
    var model: [(deadline: Int64, number: Int)] = []
    var names: [TimerID] = []
    var fired: [Int] = []
    var now: Int64 = 0
    for _ in 0..<400 {
      switch UInt8.random(in: 0..<10, using: &random) {
      case 0..<5:
        let (deadline, number) = (now + .random(in: -5...50, using: &random), names.count)
        names.append(
          heap.schedule(at: Instant(nanoseconds: deadline)) { fired.append(number) })
        model.append((deadline, number))
      case 5..<8:
        guard let number = names.indices.randomElement(using: &random) else { continue }
        let isPending = model.contains { $0.number == number }
        #expect(heap.isPending(names[number]) == isPending)
        heap.cancel(names[number])
        model.removeAll { $0.number == number }
      default:
        now += .random(in: 0...20, using: &random)
        let due = model.filter { $0.deadline <= now }
        model.removeAll { $0.deadline <= now }
        fired = []
        var deadlines: [Int64] = []
        while let next = heap.next, let action = heap.popDue(at: Instant(nanoseconds: now)) {
          deadlines.append(next.nanoseconds)
          action()
        }
        #expect(deadlines == due.map(\.deadline).sorted())
        #expect(fired.sorted() == due.map(\.number).sorted())
      }
      #expect(heap.next?.nanoseconds == model.map(\.deadline).min())
    }
  }

  /// The action of a timer is released, whether it fires or not.
  @Test func letsGoOfActions() {
    final class Resource {}
    var heap = TimerHeap()
    weak var held: Resource?
    let timer = {
      let resource = Resource()
      held = resource
      return heap.schedule(at: Instant(nanoseconds: 1)) { _ = resource }
    }()
    #expect(held != nil)
    heap.cancel(timer)
    #expect(held == nil)
  }
}
