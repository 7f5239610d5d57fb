import Testing

@testable import HTTPServer

@Suite struct ServerTrafficTests {
  /// `Int` has 32 bits on some machines, and 2 GB have soon gone through a server.
  @Test func bytesHave64BitsEverywhere() {
    var traffic = ServerTraffic()
    traffic.receivedBytes += Int64(Int32.max) * 2
    #expect(type(of: traffic.receivedBytes) == Int64.self)
    #expect(type(of: traffic.sentBytes) == Int64.self)
  }
}
