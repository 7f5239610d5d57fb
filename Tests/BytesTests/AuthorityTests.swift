import Bytes
import Testing

@Suite struct AuthorityTests {
  @Test(
    arguments: [
      ("a", "a", nil), ("a:", "a", nil), ("a:0", "a", 0), ("a:65535", "a", 65535),
      ("a_b.example.:080", "a_b.example.", 80), ("127.0.0.1:1", "127.0.0.1", 1),
      ("[::1]", "::1", nil), ("[2001:db8::1]:443", "2001:db8::1", 443),
      ("%2Frun%2Fpostern.sock", "%2Frun%2Fpostern.sock", nil), ("-", "-", nil),
    ] as [(String, String, UInt16?)])
  func reads(text: String, host: String, port: UInt16?) throws {
    let bytes = Array(text.utf8)
    let authority = try Authority(bytes.span)
    #expect(String(decoding: bytes[authority.host], as: UTF8.self) == host)
    #expect(authority.port == port)
    #expect(authority.address == IPAddress(text: Array(host.utf8).span))
  }

  @Test(
    arguments: [
      ("", .missingHost), (":80", .missingHost), ("[]", .missingHost), ("[::1", .unclosedBracket),
      ("[", .unclosedBracket), ("[1.2.3.4]", .invalidIPv6), ("[::1%eth0]", .invalidIPv6),
      ("[a]", .invalidIPv6), ("a b", .invalidName), ("a,b", .invalidName), ("u@a", .invalidName),
      ("a/b", .invalidName), ("a\\b", .invalidName), ("a]", .invalidName), ("\u{E9}", .invalidName),
      ("::1", .missingHost), ("a:b", .invalidPort), ("a:-1", .invalidPort),
      ("a:65536", .invalidPort), ("a:1:2", .invalidPort), ("[::1]80", .invalidPort),
      ("a:99999999999999999999", .invalidPort),
    ] as [(String, Authority.Fault)])
  func refuses(text: String, fault: Authority.Fault) {
    #expect(throws: fault) { _ = try Authority(Array(text.utf8).span) }
  }
}
