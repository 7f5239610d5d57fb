import Bytes
import Testing

@testable import API

@Suite struct ContentCodingTests {
  /// RFC 9110 section 12.5.3.
  @Test(arguments: [
    ("gzip", true), ("GZIP", true), ("x-gzip", true), ("gzip, deflate, br", true),
    ("br;q=1.0, gzip;q=0.8, *;q=0.1", true), ("*", true), ("br, *;q=0.5", true),
    ("gzip;q=0.001", true), ("gzip ; q=1", true), ("*;q=0, gzip", true), (" ,, gzip", true),
    ("", false), ("identity", false), ("br", false), ("gzip;q=0", false), ("gzip;Q=0.000", false),
    ("gzip; q=0.0, *", false), ("*;q=0", false), ("gzipped", false), ("identity;q=0, br", false),
  ])
  func gzipIsAccepted(list: String, accepts: Bool) {
    #expect(ContentCoding.isGzipAccepted(Array(list.utf8).span) == accepts)
  }
}
