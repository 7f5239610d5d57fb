extension IPAddress {
  /// Whether only this host or its link reaches the address, or a cloud's metadata service has it.
  ///
  /// Metadata services hand out credentials to all programs of a host, so that a request there must be meant. These
  /// addresses are 0.0.0.0/8, 169.254.0.0/16 (RFC 3927), fe80::/10, `::`, and the metadata addresses of Alibaba
  /// (100.100.100.200), Azure (168.63.129.16), Oracle (192.0.0.192), AWS (fd00:ec2::254) and Google (fd20:ce::254).
  /// An IPv6 address that contains one of them counts, too.
  public var isHostOnly: Bool {
    switch embeddedV4.map(IPAddress.v4) ?? self {
    case .v4(let address):
      address >> 24 == 0 || address >> 16 == 0xA9FE || address == 0x6464_64C8
        || address == 0xA83F_8110 || address == 0xC000_00C0
    case .v6(let high, let low):
      high >> 54 == 0xFE80 >> 6 || high == 0 && low == 0
        || low == 0x254 && (high == 0xFD00_0EC2 << 32 || high == 0xFD20_00CE << 32)
    }
  }

  /// Whether it is this host's own or one of a private network, also of one that a carrier or a VPN shares (100.64.0.0/10 of
  /// RFC 6598). An IPv6 address that contains such a one counts, too.
  public var isOwnNetwork: Bool {
    let address = embeddedV4.map(IPAddress.v4) ?? self
    if case .v4(let number) = address, number >> 22 == 0x6440_0000 >> 22 { return true }
    return address.isLoopback || address.isPrivate || address.isUnspecified
  }

  /// The IPv4 address that an IPv6 address contains; `nil` for other addresses.
  ///
  /// The forms are mapped (::ffff:0:0/96), translated (::ffff:0:0:0/96, 64:ff9b::/96 of RFC 6052 and 64:ff9b:1::/48 of
  /// RFC 8215), 6to4 (2002::/16), and the old compatible one (::/96).
  public var embeddedV4: UInt32? {
    guard case .v6(let high, let low) = self else { return nil }
    let last = UInt32(truncatingIfNeeded: low)
    switch (high, low >> 32) {
    case (0, 0): return low > 1 ? last : nil
    case (0, 0xFFFF), (0, 0xFFFF_0000), (0x0064_FF9B << 32, 0): return last
    default: break
    }
    if high >> 16 == 0x0064_FF9B_0001 { return last }
    return high >> 48 == 0x2002 ? UInt32(truncatingIfNeeded: high >> 16) : nil
  }
}
