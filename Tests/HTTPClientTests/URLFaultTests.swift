import TestSupport
import Testing

@testable import HTTPClient

@Suite struct URLFaultTests {
  @Test(arguments: [
    "http://localhost/", "https://[2001:db8::1]:444/a?b", "http://127.0.0.1:1",
    "https://a_b.c-d.example./x%20y",
  ])
  func takes(url: String) {
    #expect(Upstream.fault(ofURL: bytes(url)) == nil)
  }

  @Test(arguments: [
    "http://a:b/", "http://a:65536/", "http://[::1/", "http://[::g]/", "http:///", "gopherz://a/",
  ])
  func refuses(url: String) throws {
    let fault = try #require(Upstream.fault(ofURL: bytes(url)))
    #expect(!fault.bytes.isEmpty)
  }
}
