/// An IPv6 address, or an IPv4 one in its mapped form (RFC 4291 section 2.5.5.2).
public struct IPAddress: Hashable, Sendable {
  private let high: UInt64
  private let low: UInt64

  /// From two halves in the order of the network.
  init(_ words: (UInt64, UInt64)) {
    (high, low) = words
  }

  /// An IPv4 address, its first part in the highest byte.
  init(mapping address: UInt32) {
    (high, low) = (0, 0xFFFF_0000_0000 | UInt64(address))
  }

  /// Whether this is `127.0.0.0/8` or `::1`.
  public var isLoopback: Bool {
    high == 0 && (low == 1 || low >> 24 == 0xFFFF_7F)
  }
}
