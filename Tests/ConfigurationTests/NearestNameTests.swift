import Testing

@testable import Configuration

@Suite struct NearestNameTests {
  @Test(
    arguments: [
      ("[server]\ntls_cert = /x", "tls_certificate"), ("[server]\nlisten_ = x", "listen"),
      ("[server]\nmax_conn = 1", "max_connections"), ("[bot a]\nwindwo = 1", "window"),
      ("[integration a]\nweigth = 1", "weight"), ("[integration a]\nweb_url = x", "webhook_url"),
    ])
  func findsWhatWasMeant(text: String, name: String) {
    let lines = load(text).lines.filter { $0.contains("unknown key") }
    #expect(lines.count == 1)
    #expect(lines.allSatisfy { $0.hasSuffix("; did you mean '\(name)'?") })
  }

  /// The same for names that other programs have.
  @Test func stopsLookingForOtherNames() {
    let keys = (0..<20_000).map { "temperature\($0) = 1\n" }.joined()
    let lines = load("[bot a]\nprompt = x\n" + keys + "prompt = x\n").lines
    #expect(lines.count == 20_002)
    #expect(lines[0].contains("'system'"))
    #expect(!lines[20_001].contains("'system'"))
  }

  /// All errors are reported, but if there are very many, not all suggest a name: that takes longer
  /// than a running gateway may spend on a file that was just saved.
  @Test func stopsLookingWhereVeryManyNamesAreWrong() {
    let name = String(repeating: "b", count: 50)
    let bots = (0..<256).map { "[bot \(name)-\($0)]\n" }
    let integrations = (0..<1024).map {
      "[integration i\($0)]\ntype = echo\nbot = \(name)-x\($0)\n"
    }
    let report = load((bots + integrations).joined())
    let lines = report.lines.filter { $0.contains("there is no [bot") }
    #expect(lines.count == 1024)
    #expect(lines[0].contains("did you mean"))
    #expect(!lines[1023].contains("did you mean"))
  }
}
