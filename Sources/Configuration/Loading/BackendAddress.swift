import Bytes
import Protocols

/// A backend's URL, and what is known of the interface at its path.
struct BackendAddress {
  let url: BackendURL
  /// The path, without slashes at its end.
  private let path: [UInt8]
  /// Whose host it is; `nil` for an unknown one.
  let vendor: Vendor?
  /// Whether it is one of Azure's hosts.
  let isAzure: Bool
  /// Whether messages may not quote it, because part of it came from the environment or a file.
  private let isDerived: Bool

  init(_ url: BackendURL, isDerived: Bool) {
    self.url = url
    self.isDerived = isDerived
    let end = url.text.firstIndex(of: UInt8(ascii: "?")) ?? url.text.count
    var path = Array(url.text[url.pathStart..<end])
    while path.last == UInt8(ascii: "/") { path.removeLast() }
    self.path = path
    let host = url.host
    vendor = Vendor.all.first { !$0.isLocal && host.span.equalsIgnoringCase($0.host) }
    isAzure =
      host.span.extracting(last: 17).equalsIgnoringCase(".openai.azure.com")
      || host.span.extracting(last: 28).equalsIgnoringCase(".cognitiveservices.azure.com")
  }

  /// The dialect that the end of the path shows; `nil` if it shows none.
  var dialect: Dialect? {
    if ends("/chat/completions") { return .openai }
    if ends("/v1/messages") { return .anthropic }
    if ends("/responses") { return .responses }
    guard let vendor, path.isEmpty || ends("/v1") else { return nil }
    return vendor.type.span.equals("anthropic") ? .anthropic : .openai
  }

  /// Whether the host speaks Anthropic's interface and takes the key in `Authorization`.
  var takesBearer: Bool {
    if let vendor { return !vendor.type.span.equals("anthropic") }
    return url.host.span.containsIgnoringCase("z.ai")
      || url.host.span.containsIgnoringCase("bigmodel")
      || url.host.span.containsIgnoringCase("minimax")
  }

  /// What is wrong with the address for a backend of this dialect; `nil` if nothing is known to be.
  func doubt(as dialect: Dialect) -> Text? {
    switch dialect {
    case .anthropic: doubtAsAnthropic()
    case .responses: doubtAsResponses()
    case .openai, .custom: doubtAsOpenAI()
    }
  }

  /// What is wrong with the port: it is one of Postern's own, or the scheme is that of another port.
  func doubtAboutPort(_ own: [ListenAddress]) -> Text? {
    let host = url.address ?? (url.host.span.equalsIgnoringCase("localhost") ? .loopback : nil)
    if let host, own.contains(.ip(host, port: url.port)) {
      return "this is Postern's own address; give the backend or [server] listen another port"
    }
    if url.isSecure, url.port == 80 { return "port 80 speaks http; write http://, or another port" }
    if !url.isSecure, url.port == 443 { return "port 443 speaks https; write https://" }
    return nil
  }

  private func doubtAsOpenAI() -> Text? {
    if ends("/chat/completions") {
      if hasSlashAtEnd { return replacement("the slash at the end is wrong", path) }
      if isAzure, path.span.containsIgnoringCase("/deployments/"),
        !url.text.span.containsIgnoringCase("api-version=")
      {
        return
          "Azure needs a version in this address; write …/chat/completions?api-version=2024-10-21"
      }
      return doubtVendorPath()
    }
    if ends("/v1/messages") {
      return
        "this is Anthropic's interface; write type = anthropic, or the path /v1/chat/completions"
    }
    if ends("/responses") {
      let doubt = replacement("this is another interface of OpenAI", base(dropping: 1) + chat)
      return "\(doubt), or type = responses"
    }
    if ends("/api/chat") || ends("/api/generate") {
      return replacement(
        "this is Ollama's own interface, which has another format",
        base(dropping: 2) + [UInt8]("/v1") + chat)
    }
    if ends("/chat"), ends("/v1/chat") {
      return base("the address is not complete", base(dropping: 1))
    }
    if ends("/chat/completion") { return replacement("the address is misspelt", path + [0x73]) }
    for end in otherEnds where ends(end) {
      return replacement("this is not the address of chat completions", base(dropping: 1) + chat)
    }
    return isBase ? base("this is the base address only", path) : doubtVendorPath()
  }

  private func doubtAsResponses() -> Text? {
    if ends("/responses") {
      return hasSlashAtEnd ? replacement("the slash at the end is wrong", path) : nil
    }
    for (end, parts) in [("/chat/completions", 2), ("/messages", 1)] as [(StaticString, Int)]
    where ends(end) {
      return replacement("this is another interface", base(dropping: parts) + responses)
    }
    guard isBase else { return nil }
    let version: StaticString =
      path.isEmpty || path.span.equals("/api") || path.span.equals("/openai") ? "/v1" : ""
    return replacement("this is the base address only", path + [UInt8](version) + responses)
  }

  private func doubtAsAnthropic() -> Text? {
    if ends("/messages") {
      return hasSlashAtEnd ? replacement("the slash at the end is wrong", path) : nil
    }
    if ends("/chat/completions") {
      return "this is OpenAI's interface; write type = openai, or the path /v1/messages"
    }
    if ends("/v1/complete") || ends("/v1/models") {
      return replacement("this is not the address of messages", base(dropping: 1) + messages)
    }
    guard isBase || ends("/anthropic") else { return nil }
    let version: StaticString = ends("/v1") ? "" : "/v1"
    return replacement("this is the base address only", path + [UInt8](version) + messages)
  }

  /// A vendor's own path that is not the one that is known, such as one without `/v1`.
  private func doubtVendorPath() -> Text? {
    guard let vendor, vendor.type.span.equals("openai"), path != vendor.path,
      !vendor.word.span.equals("deepseek"), !vendor.word.span.equals("perplexity"),
      !vendor.word.span.equals("huggingface")
    else { return nil }
    return replacement("\(vendor.name) has another path", vendor.path)
  }
}

extension BackendAddress {
  private var chat: [UInt8] { [UInt8]("/chat/completions") }
  private var messages: [UInt8] { [UInt8]("/messages") }
  private var responses: [UInt8] { [UInt8]("/responses") }

  /// Ends of paths of OpenAI's other interfaces.
  private var otherEnds: [StaticString] { Self.otherEnds }
  private static let otherEnds: [StaticString] = [
    "/completions", "/embeddings", "/models", "/moderations", "/complete",
  ]

  private func ends(_ end: StaticString) -> Bool {
    path.span.extracting(last: end.utf8CodeUnitCount).equals(end)
  }

  private var hasSlashAtEnd: Bool {
    let end = url.text.firstIndex(of: UInt8(ascii: "?")) ?? url.text.count
    return path.count < end - url.pathStart
  }

  /// Whether libraries take the address as a base, to which they add the rest.
  private var isBase: Bool {
    path.isEmpty || Self.bases.contains { path.span.equals($0) } || ends("/v1")
  }
  private static let bases: [StaticString] = [
    "/api", "/openai", "/v1beta", "/v1beta/openai", "/v2", "/inference",
  ]

  /// The path without its last parts.
  private func base(dropping count: Int) -> [UInt8] {
    var path = path
    for _ in 0..<count {
      path = Array(path[..<(path.lastIndex(of: UInt8(ascii: "/")) ?? 0)])
    }
    return path
  }

  private func base(_ reason: Text, _ path: [UInt8]) -> Text {
    if let vendor { return replacement(reason, vendor.path) }
    if isAzure { return replacement(reason, [UInt8]("/openai/v1") + chat) }
    let version: StaticString =
      path.isEmpty || path.span.equals("/api") || path.span.equals("/openai") ? "/v1" : ""
    let start = path.span.equals("/api") && url.port == 11434 ? [] : path
    return replacement(reason, start + [UInt8](version) + chat)
  }

  @inline(never)
  private func replacement(_ reason: Text, _ path: [UInt8]) -> Text {
    let start = isDerived ? [UInt8]("…") : Array(url.text[..<url.pathStart])
    return "\(reason); write \(start)\(path)"
  }
}
