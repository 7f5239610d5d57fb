import JSON
import Testing

@testable import Configuration

/// Sections as the management API shows them, and the changes of its patches.
@Suite struct ResourceTests {
  private static let text = """
    [bot a]
    system = one "two" ${KEY}
    [integration gpt]
    type = openai
    webhook_url = https://host.example/v1?key=hidden
    model = ${MODEL}
    header.X-Key = hidden
    param.seed = 7
    param.api_key = "p-hidden"
    param.user = "${KEY}"
    timeout = 1500ms
    weight = ${N}
    """
  private static let gpt = SectionName(.integration, Array("gpt".utf8))

  private func resource(_ name: SectionName = gpt) throws -> Resource {
    let report = load(Self.text, ["KEY": "k-secret", "MODEL": "m-secret", "N": "3"])
    return try #require(report.configuration?.resource(name))
  }

  private func json(_ resource: Resource, masking: Bool = true) -> String {
    var writer = JSONWriter()
    resource.write(to: &writer, masking: masking)
    return String(decoding: writer.finish(), as: UTF8.self)
  }

  /// The changes of a patch as `key=value`, or `-key` for a line that is removed.
  private func changes(_ patch: String, of resource: Resource?) throws -> [String] {
    let value = try JSONDocument(Array(patch.utf8)).root
    return try ResourcePatch.changes(in: value, to: Self.gpt, from: resource).map { change in
      switch change {
      case .set(_, let key, let value):
        String(decoding: key + Array("=".utf8) + value, as: UTF8.self)
      case .unset(_, let key): "-" + String(decoding: key, as: UTF8.self)
      case .add, .delete: "a section"
      }
    }
  }

  @Test func showsValuesInTheirTypesAndNoSecrets() throws {
    let text = json(try resource())
    for part in [
      #""id":"gpt","bot":"a","name":"gpt","type":"openai","#,
      #""webhook_url":"https://host.example/v1?****","allow_http":false,"model":"****","#,
      #""headers":{"X-Key":"****"},"timeout":1.5,"connect_timeout":5,"#,
      #""weight":3,"fallback":false,"enabled":true,"#,
      #""max_tokens":null,"max_tokens_limit":null,"#,
      #""params":{"seed":7,"api_key":"****","user":"****"},"drop":null,"max_response":1048576,"breaker":"5/30s","#,
    ] {
      #expect(text.contains(part), "\(part) is not in \(text)")
    }
    let bot = json(try resource(SectionName(.bot, Array("a".utf8))))
    #expect(bot.contains(#""system":"****","#))
    for secret in ["hidden", "k-secret", "m-secret"] { #expect(!text.contains(secret)) }
    for secret in ["key=hidden", "k-secret", "m-secret"] {
      #expect(json(try resource(), masking: false).contains(secret))
    }
  }

  @Test func knowsWhatIsDerived() throws {
    let resource = try resource()
    for (key, isDerived) in [
      ("model", true), ("param.user", true), ("weight", true), ("param.seed", false),
      ("webhook_url", false), ("header.X-Key", false), ("param.none", false), ("nothing", false),
    ] {
      #expect(resource.isDerived(Array(key.utf8)) == isDerived, "\(key)")
    }
  }

  @Test func whatIsShownChangesNothingWhenItIsSentBack() throws {
    let resource = try resource()
    let changes = try changes(json(resource), of: resource)
    // A value without a mask is set to itself, which the editor leaves alone.
    for masked in ["model", "webhook_url", "header.X-Key", "param.user", "param.api_key"] {
      #expect(!changes.contains { $0.hasPrefix("\(masked)=") || $0 == "-\(masked)" })
    }
    #expect(changes.contains("timeout=1500ms"))
    #expect(changes.contains("-max_tokens"))
  }

  @Test(
    arguments: [
      ("{}", []), (#"{"id": "other"}"#, []),
      (#"{"timeout": 2}"#, ["timeout=2"]), (#"{"timeout": 2.50}"#, ["timeout=2500ms"]),
      (#"{"timeout": 2.0}"#, ["timeout=2s"]), (#"{"timeout": "2m"}"#, ["timeout=2m"]),
      (#"{"timeout": 1e3}"#, ["timeout=1000s"]), (#"{"timeout": 0.0001}"#, ["timeout=0.0001"]),
      (#"{"timeout": 0.07100000000000001}"#, ["timeout=71ms"]),
      (#"{"timeout": 0.0}"#, ["timeout=0s"]), (#"{"timeout": 1e400}"#, ["timeout=1e400"]),
      (#"{"weight": 5.0}"#, ["weight=5"]), (#"{"weight": 5e-1}"#, ["weight=5e-1"]),
      (#"{"timeout": null}"#, ["-timeout"]),
      (#"{"enabled": false, "stream": true}"#, ["enabled=no", "stream=yes"]),
      (#"{"weight": 1, "name": "x", "weight": 2}"#, ["name=x", "weight=2"]),
      (#"{"weight": 1, "weight": null}"#, ["-weight"]),
      (#"{"model": "x", "model": "****"}"#, []),
      (#"{"headers": null}"#, ["-header.X-Key"]), (#"{"headers": {}}"#, []),
      (#"{"headers": {"X-Key": null, "B": ""}}"#, ["-header.X-Key", "header.B="]),
      (#"{"headers": {"x-key": "****"}}"#, []), (#"{"params": {"user": "****"}}"#, []),
      (#"{"params": {"seed": {"a" : [1.0]}}}"#, [#"param.seed={"a" : [1.0]}"#]),
      (#"{"params": {"seed": "x"}}"#, [#"param.seed="x""#]),
    ])
  func patches(patch: String, changes: [String]) throws {
    #expect(try self.changes(patch, of: resource()) == changes)
  }

  @Test(
    arguments: [
      (#"{"timeot": 2}"#, "timeot"), (#"{"header.X": "a"}"#, "header.X"),
      (#"{"timeout": true}"#, "timeout"), (#"{"timeout": {}}"#, "timeout"),
      (#"{"name": 5}"#, "name"), (#"{"enabled": 1}"#, "enabled"), (#"{"weight": false}"#, "weight"),
      (#"{"name": "****"}"#, "name"),
      (#"{"webhook_url": "https://other.example/?****"}"#, "webhook_url"),
      (#"{"headers": "x"}"#, "headers"), (#"{"headers": {"X": 1}}"#, "headers.X"),
      (#"{"headers": {"X": "****"}}"#, "headers.X"),
      (#"{"params": {"seed": "****"}}"#, "params.seed"), (#"{"params": []}"#, "params"),
    ])
  func objects(patch: String, member: String) throws {
    let resource = try resource()
    #expect {
      try changes(patch, of: resource)
    } throws: { error in
      (error as? ResourcePatch.Objection)?.member == Array(member.utf8)
    }
  }

  @Test(
    arguments: [
      (#"{"header.X": "a"}"#, #"{"headers": {"X": …}}"#),
      (#"{"temperature": 1}"#, #"{"params": {"temperature": …}}"#),
      (#"{"param.seed": 1}"#, #"{"params": {"seed": …}}"#), (#"{"timeot": 2}"#, "'timeout'"),
      (#"{"url": "x"}"#, "webhook_url"),
    ])
  func saysHowAClientWritesIt(patch: String, words: String) throws {
    let resource = try resource()
    #expect {
      try changes(patch, of: resource)
    } throws: { error in
      "\((error as? ResourcePatch.Objection)?.message ?? "")".contains(words)
    }
  }

  @Test func aMaskStandsForNothingInWhatIsNew() throws {
    for patch in [#"{"model": "****"}"#, #"{"headers": {"X-Key": "****"}}"#] {
      #expect(throws: ResourcePatch.Objection.self) { try changes(patch, of: nil) }
    }
  }

  @Test func aPatchIsBounded() throws {
    let most = ResourcePatch.mostChanges
    for (count, isTaken) in [(most, true), (most + 1, false)] {
      let members = (0..<count).map { "\"p\($0)\": 1" }.joined(separator: ",")
      let taken = try? changes("{\"params\": {\(members)}}", of: nil)
      #expect((taken?.count == count) == isTaken)
    }
  }

  @Test func namesMembersAsClientsDo() {
    for (key, member) in [
      ("header.X-A", "headers.X-A"), ("param.b", "params.b"), ("timeout", "timeout"),
    ] {
      #expect(ResourcePatch.member(of: Array(key.utf8)) == Array(member.utf8))
    }
  }
}
