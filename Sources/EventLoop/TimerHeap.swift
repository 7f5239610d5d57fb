import Platform

/// Identifies a timer that was scheduled.
///
/// It differs from all later ones, so a stale id does nothing.
public struct TimerID: Equatable, Sendable {
  let slot: UInt32
  let generation: UInt32
}

/// Deadlines in a binary heap: O(log n) to schedule and to cancel, O(1) to find the next.
struct TimerHeap {
  private struct Slot {
    var action: (() -> Void)?
    var generation: UInt32 = 0
    /// The place of the slot in `heap`.
    var position: UInt32 = 0
  }

  private struct Node {
    var deadline: Instant
    var slot: UInt32
  }

  private var slots: [Slot] = []
  private var freeSlots: [UInt32] = []
  /// No parent has a later deadline than its children.
  private var heap: [Node] = []

  /// The earliest deadline.
  var next: Instant? { heap.first?.deadline }

  mutating func schedule(at deadline: Instant, _ action: @escaping () -> Void) -> TimerID {
    let slot: UInt32
    if let free = freeSlots.popLast() {
      slot = free
    } else {
      slot = UInt32(slots.count)
      slots.append(Slot())
    }
    slots[Int(slot)].action = action
    let node = Node(deadline: deadline, slot: slot)
    heap.append(node)
    moveUp(node, from: heap.count - 1)
    return TimerID(slot: slot, generation: slots[Int(slot)].generation)
  }

  /// Cancels a timer. One that has fired or was cancelled is ignored.
  mutating func cancel(_ timer: TimerID) {
    guard isPending(timer) else { return }
    _ = remove(timer.slot)
  }

  func isPending(_ timer: TimerID) -> Bool {
    let slot = Int(timer.slot)
    return slot < slots.count && slots[slot].generation == timer.generation
      && slots[slot].action != nil
  }

  /// Removes the earliest timer if it is due at `now`, and returns its action.
  mutating func popDue(at now: Instant) -> (() -> Void)? {
    guard let first = heap.first, first.deadline <= now else { return nil }
    return remove(first.slot)
  }

  private mutating func remove(_ slot: UInt32) -> (() -> Void)? {
    let position = Int(slots[Int(slot)].position)
    let last = heap.removeLast()
    if position < heap.count { moveUp(last, from: moveDown(last, from: position)) }
    let action = slots[Int(slot)].action.take()
    slots[Int(slot)].generation &+= 1
    freeSlots.append(slot)
    return action
  }

  private mutating func place(_ node: Node, at position: Int) {
    heap[position] = node
    slots[Int(node.slot)].position = UInt32(position)
  }

  /// Places a node at the gap `start`, or above it: parents that are due later move down.
  private mutating func moveUp(_ node: Node, from start: Int) {
    var gap = start
    while gap > 0 {
      let parent = (gap - 1) / 2
      guard node.deadline < heap[parent].deadline else { break }
      place(heap[parent], at: gap)
      gap = parent
    }
    place(node, at: gap)
  }

  /// Moves children that are due before the node up into the gap at `start`. Returns where the gap
  /// is then.
  private mutating func moveDown(_ node: Node, from start: Int) -> Int {
    var gap = start
    while true {
      var child = 2 * gap + 1
      guard child < heap.count else { return gap }
      if child + 1 < heap.count, heap[child + 1].deadline < heap[child].deadline { child += 1 }
      guard heap[child].deadline < node.deadline else { return gap }
      place(heap[child], at: gap)
      gap = child
    }
  }
}
