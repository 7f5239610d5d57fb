import Testing
import TestSupport

@testable import Postern

@Suite struct GatewayPlaceTests {
  private func place(_ url: String) -> String? {
    let options = GatewayOptions(file: nil, url: bytes(url), keyFile: nil)
    return GatewayPlace.find(options).map { text($0.url) }
  }

  /// A password would be shown in messages.
  @Test(arguments: [
    "http://ops:secret@localhost:8080", "https://ops@localhost/", "http://@localhost",
  ])
  func aUserInTheURLIsRefused(url: String) {
    #expect(place(url) == nil)
  }

  @Test func aPathMayHaveAnAtSign() {
    #expect(place("http://localhost:8080/@gateway//") == "http://localhost:8080/@gateway")
  }
}
