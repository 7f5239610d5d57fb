import Bytes
import EventLoop
import HTTPClient
import JSON
import Platform

/// Asks the running gateway, one request after another, and waits for each answer.
final class GatewayClient {
  /// What a request does.
  enum Verb {
    case get, post, delete
  }

  /// How a request ended.
  enum Ending {
    /// The gateway's answer.
    case answered(status: Int, body: [UInt8])
    /// There was none, for this reason.
    case failed(Text)
    /// The user has interrupted it.
    case interrupted
  }

  /// The most bytes of an answer.
  private static let bodyLimit = 64 << 20
  /// How long a whole answer may take.
  private static let patience = TimeSpan.seconds(30)

  let place: GatewayPlace
  let loop: EventLoop
  private let client: HTTPClient
  /// Signals that end a request.
  private let signals: CommandSignals?

  /// A client of the gateway at a place. With `signals`, an interrupt ends a request instead of the process.
  init(_ place: GatewayPlace, signals: CommandSignals? = nil) throws(SystemError) {
    Environment.useOneHeap()
    self.place = place
    self.signals = signals
    loop = try EventLoop()
    client = HTTPClient(on: loop, keptConnections: 1)
    try signals?.watch(on: loop)
  }

  /// A client of the gateway that options name; `nil` if none is found, which it reports.
  @inline(never)
  static func open(_ options: GatewayOptions, signals: CommandSignals? = nil) -> GatewayClient? {
    guard let place = GatewayPlace.find(options) else { return nil }
    do throws(SystemError) {
      return try GatewayClient(place, signals: signals)
    } catch {
      Console.complain("\(error.call): \(error.reason)")
      return nil
    }
  }

  /// Sends a request. With a receiver the answer may be a stream, and take any time.
  @inline(never)
  func send(
    _ verb: Verb, _ path: [UInt8], _ body: [UInt8] = [], to receiver: (any ResponseReceiver)? = nil
  ) -> Ending {
    var result: TransferResult?
    let buffer = ByteBuffer(capacity: body.count)
    buffer.append(body.span)
    let upstream = upstream(verb, path, isStream: receiver != nil)
    let transfer = client.post(buffer, to: upstream, fields: FieldLines(), receiver: receiver) {
      result = $0
    }
    let deadline = loop.now + GatewayClient.patience
    while result == nil {
      do throws(SystemError) {
        try loop.turn(waitingAtMost: .seconds(1))
      } catch {
        return .failed("\(error.call): \(error.reason)")
      }
      if signals?.takeInterrupt() == true {
        client.cancel(transfer)
        return .interrupted
      }
      if receiver == nil, result == nil, loop.now > deadline {
        client.cancel(transfer)
        return .failed("\(place.name): the gateway does not answer")
      }
    }
    guard let result else { return .interrupted }
    guard let failure = result.failure else {
      return .answered(status: result.status, body: result.body)
    }
    return .failed(
      failure == .interrupted
        ? "\(place.name): the gateway closed the connection"
        : place.socketPath == nil
          ? "no running gateway at \(place.name): \(result.detail)"
          : "no running gateway at \(place.name)")
  }

  /// Sends a request, and returns the JSON of a successful answer. `nil` if it failed, which it reports.
  @inline(never)
  func ask(_ verb: Verb, _ path: [UInt8], _ body: [UInt8] = []) -> JSONValue? {
    switch send(verb, path, body) {
    case .answered(let status, let body):
      if 200..<300 ~= status,
        let document = try? JSONDocument(body.isEmpty ? [UInt8]("null") : body)
      {
        return document.root
      }
      Console.complain(refusal(status, body))
    case .failed(let reason):
      Console.complain(reason)
    case .interrupted:
      break
    }
    return nil
  }

  /// Calls `handle` with each element of a list, page by page, until it returns false. Returns whether all went well;
  /// what did not is reported.
  @inline(never)
  func forEach(in path: [UInt8], _ handle: (JSONValue) -> Bool) -> Bool {
    let separator: StaticString = path.contains(UInt8(ascii: "?")) ? "&" : "?"
    var (page, count) = (1, 0)
    while true {
      let query: Text = "\(path)\(separator)page=\(page)&per_page=100"
      guard let answer = ask(.get, query.bytes) else { return false }
      let all = elements(answer["data"])
      for element in all where !handle(element) { return true }
      count += all.count
      if all.isEmpty || count >= answer["meta"]?["total"]?.integer ?? 0 { return true }
      page += 1
    }
  }

  /// The ids of the bots, or of the one that is named; `nil` if they are unknown, which it reports.
  func bots(named name: [UInt8]?) -> [[UInt8]]? {
    if let name { return [name] }
    var ids: [[UInt8]] = []
    let isWhole = forEach(in: [UInt8]("/v1/bots")) {
      if let id = $0["id"]?.string { ids.append(id) }
      return true
    }
    return isWhole ? ids : nil
  }

  /// The ids of the bots that answer; `nil` if they are unknown, which it reports.
  private func chatBots() -> [[UInt8]]? {
    // A key of scope chat may read the models, but not the bots.
    guard case .answered(403, _) = send(.get, [UInt8]("/v1/bots?per_page=1")) else {
      return bots(named: nil)
    }
    guard let models = ask(.get, [UInt8]("/v1/models")) else { return nil }
    let names = elements(models["data"]).compactMap { $0["id"]?.string }
    // An alias has no integrations: 'support/gpt' follows 'support'.
    return names.filter { name in
      let start = name + [UInt8(ascii: "/")]
      return names.contains { $0.starts(with: start) }
    }
  }

  /// The only bot, or the one that is named; `nil` if it is unknown, which it reports.
  ///
  /// A name is taken as it is, because conversations may outlive their bot. To chat, it is looked up.
  @inline(never)
  func bot(named name: [UInt8]?, toChat: Bool = false) -> [UInt8]? {
    guard let bots = toChat ? chatBots() : bots(named: name) else { return nil }
    if let name, bots.contains(name) { return name }
    if name == nil, bots.count == 1 { return bots[0] }
    var names: [UInt8] = []
    for bot in bots {
      if !names.isEmpty { names.append(", ") }
      names.append(printable: bot)
    }
    var reason: Text = "there are several bots"
    if let name {
      reason = "there is no bot with this id, "
      reason.bytes.append(printable: name)
    }
    Console.complain("\(reason): choose one with -b: \(names)")
    return nil
  }

  /// The message of an object that is an error.
  @inline(never)
  func message(of answer: JSONValue) -> Text? {
    answer["error"]?["message"]?.string.map {
      var text = Text([])
      text.bytes.append(printable: $0)
      return text
    }
  }

  /// The message of an answer that is an error.
  @inline(never)
  func refusal(_ status: Int, _ body: [UInt8]) -> Text {
    guard let answer = try? JSONDocument(body).root, var text = message(of: answer) else {
      return "\(place.name) answered \(status): is it Postern?"
    }
    if status == 401 || status == 403 {
      if place.socketPath != nil {
        text += " Or run this as root or as the gateway's user."
      } else if place.key == nil {
        text += " Give the key's file with -k, or the key in $POSTERN_KEY."
      }
    }
    return text
  }

  @inline(never)
  private func upstream(_ verb: Verb, _ path: [UInt8], isStream: Bool) -> Upstream {
    var fields = [[UInt8]("User-Agent: postern/") + [UInt8](version)]
    if isStream { fields.append([UInt8]("Accept: text/event-stream")) }
    if verb == .post { fields.append([UInt8]("Content-Type: application/json")) }
    if let key = place.key { fields.append([UInt8]("Authorization: Bearer ") + key) }
    var settings = Upstream.Settings(
      url: place.url + path, fields: fields, connectTimeoutMilliseconds: 10_000,
      authorityFile: nil, bodyLimit: GatewayClient.bodyLimit, isGet: verb != .post)
    settings.isDelete = verb == .delete
    settings.socketPath = place.socketPath
    return Upstream(settings)
  }
}
