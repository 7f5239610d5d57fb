/// An IP address: which one, not how it was written.
public enum IPAddress: Hashable, Sendable {
  /// IPv4, as a number: 127.0.0.1 is 0x7F000001.
  case v4(UInt32)
  /// IPv6, its first and last eight bytes as numbers.
  case v6(high: UInt64, low: UInt64)

  /// 127.0.0.1.
  public static let loopback = IPAddress.v4(0x7F00_0001)

  /// Reads an IPv4 address of four decimal numbers, or an IPv6 address (RFC 4291 section 2.2) without
  /// brackets and without a zone. The shortened and octal IPv4 forms that some libraries take are refused:
  /// two programs could read them differently.
  public init?(text: Span<UInt8>) {
    if let address = Self.v4(text) {
      self = .v4(address)
    } else if let address = Self.v6(text) {
      self = address
    } else {
      return nil
    }
  }

  /// Whether this is an IPv6 address.
  public var isV6: Bool {
    if case .v6 = self { true } else { false }
  }

  /// Whether packets to this address stay on this host: 127.0.0.0/8 and ::1.
  public var isLoopback: Bool {
    switch unmapped {
    case .v4(let address): address >> 24 == 127
    case .v6(let high, let low): high == 0 && low == 1
    }
  }

  /// Whether this is "any address": 0.0.0.0 and ::.
  public var isUnspecified: Bool {
    switch unmapped {
    case .v4(let address): address == 0
    case .v6(let high, let low): high == 0 && low == 0
    }
  }

  /// Whether this address belongs to a private network (RFC 1918, RFC 4193) or to one link (RFC 3927,
  /// fe80::/10), so that it cannot be reached across the Internet.
  public var isPrivate: Bool {
    switch unmapped {
    case .v4(let address):
      address >> 24 == 10 || address >> 20 == 0xAC1 || address >> 16 == 0xC0A8
        || address >> 16 == 0xA9FE
    case .v6(let high, _): high >> 57 == 0xFC >> 1 || high >> 54 == 0xFE80 >> 6
    }
  }

  /// The IPv4 address inside an IPv4-mapped IPv6 address (::ffff:0:0/96); any other as it is.
  public var unmapped: IPAddress {
    if case .v6(0, let low) = self, low >> 32 == 0xFFFF {
      return .v4(UInt32(truncatingIfNeeded: low))
    }
    return self
  }

  private static func v4(_ text: Span<UInt8>) -> UInt32? {
    var address: UInt32 = 0
    var start = 0
    for part in 0..<4 {
      let end = part < 3 ? text.firstIndex(of: UInt8(ascii: "."), from: start) : text.count
      guard let end, start < end, end - start <= 3 else { return nil }
      guard end - start == 1 || text[start] != UInt8(ascii: "0") else { return nil }
      guard let value = Int(decimal: text.extracting(start..<end)), value < 256 else { return nil }
      address = address << 8 | UInt32(value)
      start = end + 1
    }
    return address
  }

  private static func v6(_ text: Span<UInt8>) -> IPAddress? {
    var groups: InlineArray<8, UInt16> = .init(repeating: 0)
    var count = 0
    var gap: Int?
    var index = 0
    if text.hasPrefix("::") {
      gap = 0
      index = 2
    }
    while index < text.count {
      guard count < 8 else { return nil }
      let start = index
      var value: UInt16 = 0
      while index < text.count, index - start < 4, let digit = text[index].hexadecimalDigitValue {
        value = value << 4 | UInt16(digit)
        index += 1
      }
      guard index > start else { return nil }
      if index < text.count, text[index] == UInt8(ascii: ".") {
        guard count <= 6, let tail = v4(text.extracting(start..<text.count)) else { return nil }
        groups[count] = UInt16(tail >> 16)
        groups[count + 1] = UInt16(truncatingIfNeeded: tail)
        count += 2
        break
      }
      groups[count] = value
      count += 1
      if index == text.count { break }
      guard text[index] == UInt8(ascii: ":"), index + 1 < text.count else { return nil }
      index += 1
      if text[index] == UInt8(ascii: ":") {
        guard gap == nil else { return nil }
        gap = count
        index += 1
      }
    }
    return joined(groups, count: count, gap: gap)
  }

  /// The groups as one address, with zeros where the `::` stands.
  private static func joined(_ groups: InlineArray<8, UInt16>, count: Int, gap: Int?) -> IPAddress?
  {
    guard gap == nil ? count == 8 : count < 8 else { return nil }
    let zeros = 8 - count
    var halves: (high: UInt64, low: UInt64) = (0, 0)
    for position in 0..<8 {
      var group: UInt16 = 0
      if let gap, position >= gap {
        if position >= gap + zeros { group = groups[position - zeros] }
      } else {
        group = groups[position]
      }
      if position < 4 {
        halves.high = halves.high << 16 | UInt64(group)
      } else {
        halves.low = halves.low << 16 | UInt64(group)
      }
    }
    return .v6(high: halves.high, low: halves.low)
  }
}
