import Bytes
import Testing

@Suite struct IPAddressTests {
  @Test(
    arguments: [
      ("127.0.0.1", 0x7F00_0001), ("0.0.0.0", 0), ("255.255.255.255", 0xFFFF_FFFF),
      ("192.168.1.10", 0xC0A8_010A),
    ] as [(String, UInt32)])
  func readsIPv4(text: String, address: UInt32) {
    #expect(IPAddress(text: Array(text.utf8).span) == .v4(address))
  }

  @Test(
    arguments: [
      ("::", 0, 0), ("::1", 0, 1), ("1::", 0x0001_0000_0000_0000, 0),
      ("fe80::1:2", 0xFE80_0000_0000_0000, 0x0001_0002),
      ("2001:db8:1:2:3:4:5:6", 0x2001_0DB8_0001_0002, 0x0003_0004_0005_0006),
      ("2001:DB8::5:6", 0x2001_0DB8_0000_0000, 0x0005_0006),
      ("1:2:3:4:5:6:7::", 0x0001_0002_0003_0004, 0x0005_0006_0007_0000),
      ("::2:3:4:5:6:7:8", 0x0000_0002_0003_0004, 0x0005_0006_0007_0008),
      ("::ffff:10.1.2.3", 0, 0xFFFF_0A01_0203),
      ("1:2:3:4:5:6:10.1.2.3", 0x0001_0002_0003_0004, 0x0005_0006_0A01_0203),
    ] as [(String, UInt64, UInt64)])
  func readsIPv6(text: String, high: UInt64, low: UInt64) {
    #expect(IPAddress(text: Array(text.utf8).span) == .v6(high: high, low: low))
  }

  @Test(arguments: [
    "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "256.1.1.1", "01.2.3.4", "1.2.3.0x4",
    "1.2.3.1000", "1.2.3.4 ", "-1.2.3.4", "a.b.c.d", ":", ":::", "1:", ":1", "1::2::3",
    "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "12345::",
    "g::",
    "fe80::1%eth0", "[::1]", "::1.2.3", "1.2.3.4::", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4:1",
    "1::1:",
  ])
  func refuses(text: String) {
    #expect(IPAddress(text: Array(text.utf8).span) == nil)
  }

  @Test(arguments: [
    ("127.0.0.1", true, false, false), ("127.255.255.255", true, false, false),
    ("128.0.0.1", false, false, false), ("::1", true, false, false), ("::2", false, false, false),
    ("::ffff:127.0.0.1", true, false, false), ("0.0.0.0", false, true, false),
    ("::", false, true, false), ("::ffff:0.0.0.0", false, true, false),
    ("10.0.0.0", false, false, true), ("11.0.0.0", false, false, false),
    ("9.255.255.255", false, false, false), ("172.16.0.0", false, false, true),
    ("172.31.255.255", false, false, true), ("172.32.0.0", false, false, false),
    ("172.15.255.255", false, false, false), ("192.168.255.255", false, false, true),
    ("192.169.0.0", false, false, false), ("169.254.1.1", false, false, true),
    ("100.64.0.1", false, false, false), ("8.8.8.8", false, false, false),
    ("fc00::1", false, false, true), ("fdff::1", false, false, true),
    ("fe00::1", false, false, false), ("fe80::1", false, false, true),
    ("febf::1", false, false, true), ("fec0::1", false, false, false),
    ("::ffff:192.168.0.1", false, false, true), ("2001:db8::1", false, false, false),
  ])
  func classifies(text: String, isLoopback: Bool, isUnspecified: Bool, isPrivate: Bool) throws {
    let bytes = Array(text.utf8)
    let read = IPAddress(text: bytes.span)
    let address = try #require(read)
    #expect(address.isLoopback == isLoopback)
    #expect(address.isUnspecified == isUnspecified)
    #expect(address.isPrivate == isPrivate)
  }

  @Test(arguments: [
    ("0.0.0.0", true), ("0.1.2.3", true), ("1.0.0.0", false), ("169.254.0.0", true),
    ("169.254.169.254", true), ("169.254.255.255", true), ("169.253.255.255", false),
    ("169.255.0.0", false), ("100.100.100.200", true), ("100.100.100.201", false),
    ("168.63.129.16", true), ("192.0.0.192", true), ("127.0.0.1", false), ("10.0.0.1", false),
    ("192.168.1.1", false), ("8.8.8.8", false), ("::", true), ("::1", false), ("fe80::1", true),
    ("febf:ffff::1", true), ("fec0::1", false), ("fe7f::1", false), ("fd00:ec2::254", true),
    ("fd20:ce::254", true), ("fd00::1", false), ("2001:db8::1", false),
    ("::ffff:169.254.169.254", true), ("::ffff:0.0.0.0", true), ("::ffff:127.0.0.1", false),
    ("::ffff:0:169.254.1.1", true), ("64:ff9b::169.254.169.254", true), ("64:ff9b::8.8.8.8", false),
    ("64:ff9b:1::169.254.169.254", true), ("2002:a9fe:a9fe::1", true), ("2002:808:808::1", false),
    ("::169.254.169.254", true),
  ])
  func knowsWhatOnlyTheHostReaches(text: String, isHostOnly: Bool) throws {
    let bytes = Array(text.utf8)
    let read = IPAddress(text: bytes.span)
    #expect(try #require(read).isHostOnly == isHostOnly)
  }

  @Test(arguments: [
    ("127.0.0.1", true), ("10.1.2.3", true), ("172.31.0.1", true), ("172.32.0.1", false),
    ("192.168.1.1", true), ("100.63.255.255", false), ("100.64.0.0", true),
    ("100.127.255.255", true),
    ("100.128.0.0", false), ("0.0.0.0", true), ("8.8.8.8", false), ("::1", true), ("::", true),
    ("fd00::1", true), ("fe80::1", true), ("2001:db8::1", false), ("::ffff:100.64.0.1", true),
    ("64:ff9b::10.0.0.1", true), ("2002:a00:1::", true), ("2002:808:808::", false),
  ])
  func knowsWhatIsInside(text: String, isOwnNetwork: Bool) throws {
    let bytes = Array(text.utf8)
    let read = IPAddress(text: bytes.span)
    #expect(try #require(read).isOwnNetwork == isOwnNetwork)
  }

  @Test(arguments: [
    ("::ffff:1.2.3.4", true), ("::ffff:0:1.2.3.4", true), ("64:ff9b::1.2.3.4", true),
    ("64:ff9b:1:2:3:4:1.2.3.4", true), ("2002:102:304::", true), ("::1.2.3.4", true),
    ("::1", false),
    ("::", false), ("1.2.3.4", false), ("64:ff9b:2::1.2.3.4", false), ("2001:db8::1.2.3.4", false),
  ])
  func findsIPv4WithinIPv6(text: String, hasV4: Bool) throws {
    let bytes = Array(text.utf8)
    let read = IPAddress(text: bytes.span)
    #expect(try #require(read).embeddedV4 == (hasV4 ? 0x0102_0304 : nil))
  }
}
