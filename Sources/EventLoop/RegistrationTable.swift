import Platform

/// Identifies a watched descriptor.
///
/// An event that the kernel queued for an earlier registration of the same descriptor has an older
/// generation, and is dropped.
public struct Registration: Equatable, Sendable {
  let slot: UInt32
  let generation: UInt32

  /// The registration as epoll carries it; `data` in epoll_ctl(2).
  var token: UInt64 { UInt64(generation) << 32 | UInt64(slot) }

  init(slot: UInt32, generation: UInt32) {
    self.slot = slot
    self.generation = generation
  }

  init(token: UInt64) {
    self.init(slot: UInt32(truncatingIfNeeded: token), generation: UInt32(token >> 32))
  }
}

/// The watched descriptors and their handlers. All operations are O(1).
struct RegistrationTable {
  struct Entry {
    var descriptor: Int32 = -1
    var generation: UInt32 = 0
    var handler: ((Readiness) -> Void)?
  }

  private var entries: [Entry] = []
  private var freeSlots: [UInt32] = []

  mutating func insert(_ descriptor: Int32, _ handler: @escaping (Readiness) -> Void)
    -> Registration
  {
    let slot: UInt32
    if let free = freeSlots.popLast() {
      slot = free
    } else {
      slot = UInt32(entries.count)
      entries.append(Entry())
    }
    entries[Int(slot)].descriptor = descriptor
    entries[Int(slot)].handler = handler
    return Registration(slot: slot, generation: entries[Int(slot)].generation)
  }

  /// The entry of a registration; `nil` if that has ended.
  subscript(_ registration: Registration) -> Entry? {
    let slot = Int(registration.slot)
    guard slot < entries.count, entries[slot].generation == registration.generation,
      entries[slot].handler != nil
    else { return nil }
    return entries[slot]
  }

  mutating func remove(_ registration: Registration) {
    guard self[registration] != nil else { return }
    let slot = Int(registration.slot)
    entries[slot].handler = nil
    entries[slot].descriptor = -1
    entries[slot].generation &+= 1
    freeSlots.append(registration.slot)
  }
}
