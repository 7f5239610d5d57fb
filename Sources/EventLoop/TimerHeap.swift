import Platform

/// Names a timer that was scheduled; stays unequal to every later one, so that a stale name does nothing.
public struct TimerID: Equatable, Sendable {
  let slot: UInt32
  let generation: UInt32
}

/// Deadlines in a binary heap: O(log n) to schedule and cancel, O(1) to know the next. Holding thousands
/// costs nothing but their memory.
struct TimerHeap {
  private struct Slot {
    var deadline = Instant(nanoseconds: 0)
    var action: (() -> Void)?
    var generation: UInt32 = 0
    /// Where the slot stands in `heap`.
    var position: UInt32 = 0
  }

  private var slots: [Slot] = []
  private var freeSlots: [UInt32] = []
  /// Slot numbers; every parent's deadline is no later than its children's.
  private var heap: [UInt32] = []

  var isEmpty: Bool { heap.isEmpty }

  /// The earliest deadline.
  var next: Instant? { heap.first.map { slots[Int($0)].deadline } }

  mutating func schedule(at deadline: Instant, _ action: @escaping () -> Void) -> TimerID {
    let slot: UInt32
    if let free = freeSlots.popLast() {
      slot = free
    } else {
      slot = UInt32(slots.count)
      slots.append(Slot())
    }
    slots[Int(slot)].deadline = deadline
    slots[Int(slot)].action = action
    heap.append(slot)
    slots[Int(slot)].position = UInt32(heap.count - 1)
    moveUp(heap.count - 1)
    return TimerID(slot: slot, generation: slots[Int(slot)].generation)
  }

  /// Forgets a timer; one that has fired or been cancelled already is left alone.
  mutating func cancel(_ timer: TimerID) {
    guard isPending(timer) else { return }
    _ = remove(timer.slot)
  }

  func isPending(_ timer: TimerID) -> Bool {
    let slot = Int(timer.slot)
    return slot < slots.count && slots[slot].generation == timer.generation
      && slots[slot].action != nil
  }

  /// Takes out the earliest timer if it is due at `now`.
  mutating func popDue(at now: Instant) -> (() -> Void)? {
    guard let first = heap.first, slots[Int(first)].deadline <= now else { return nil }
    return remove(first)
  }

  private mutating func remove(_ slot: UInt32) -> (() -> Void)? {
    let position = Int(slots[Int(slot)].position)
    let last = heap.removeLast()
    if position < heap.count {
      place(last, at: position)
      moveUp(position)
      moveDown(Int(slots[Int(last)].position))
    }
    let action = slots[Int(slot)].action
    slots[Int(slot)].action = nil
    slots[Int(slot)].generation &+= 1
    freeSlots.append(slot)
    return action
  }

  private mutating func place(_ slot: UInt32, at position: Int) {
    heap[position] = slot
    slots[Int(slot)].position = UInt32(position)
  }

  private func deadline(_ position: Int) -> Instant { slots[Int(heap[position])].deadline }

  private mutating func moveUp(_ start: Int) {
    var position = start
    while position > 0 {
      let parent = (position - 1) / 2
      guard deadline(position) < deadline(parent) else { return }
      swap(position, parent)
      position = parent
    }
  }

  private mutating func moveDown(_ start: Int) {
    var position = start
    while true {
      var least = position
      for child in [2 * position + 1, 2 * position + 2]
      where child < heap.count && deadline(child) < deadline(least) {
        least = child
      }
      guard least != position else { return }
      swap(position, least)
      position = least
    }
  }

  private mutating func swap(_ first: Int, _ second: Int) {
    let slot = heap[first]
    place(heap[second], at: first)
    place(slot, at: second)
  }
}
