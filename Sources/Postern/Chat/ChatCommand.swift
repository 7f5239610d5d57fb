import Bytes
import JSON
import Platform

/// `postern chat`: talks to a bot of the running gateway, a line a message.
final class ChatCommand {
  private let words: CommandWords
  private let client: GatewayClient
  private let signals: CommandSignals
  private let bot: [UInt8]
  private var conversation: [UInt8]?
  private var hasFailed = false
  /// Whether a person types; otherwise lines come from a program, and only replies are printed.
  private let isInteractive = Environment.isTerminal(0) && Environment.isTerminal(1)

  /// How many messages of a conversation that is continued are shown.
  private static let shownMessages = 20

  static func perform(_ words: CommandWords) -> ExitStatus {
    do throws(SystemError) {
      let signals = try CommandSignals()
      guard let client = GatewayClient.open(words.gateway, signals: signals),
        let bot = client.bot(named: words.bot, toChat: true)
      else { return .failure }
      return try ChatCommand(words, client, signals, bot).converse()
    } catch {
      Console.complain("\(error.call): \(error.reason)")
      return .failure
    }
  }

  private init(
    _ words: CommandWords, _ client: GatewayClient, _ signals: CommandSignals, _ bot: [UInt8]
  ) {
    self.words = words
    self.client = client
    self.signals = signals
    self.bot = bot
    conversation = words.names.first
  }

  private func converse() throws(SystemError) -> ExitStatus {
    if isInteractive {
      tell("bot \(bot); /help lists the commands, Ctrl-D quits")
      showHistory()
    }
    var lines = InputLines()
    while true {
      if isInteractive { Console.print([UInt8]("> ")) }
      let event = try lines.next(orReadable: signals.queue.number)
      guard case .line(let line) = event else {
        if case .other = event {
          signals.receive()
          // A terminal of another size needs nothing here.
          if !signals.takeInterrupt() { continue }
        }
        if isInteractive { Console.print([UInt8]("\n")) }
        return hasFailed ? .failure : .success
      }
      if line.span.trimmingBlanks.isEmpty { continue }
      switch line.first {
      case UInt8(ascii: "/") where line.span.equals("/quit") || line.span.equals("/exit"):
        return hasFailed ? .failure : .success
      case UInt8(ascii: "/") where line.span.equals("/new"):
        conversation = nil
        tell("a new conversation begins with the next message")
      case UInt8(ascii: "/") where isInteractive && line.span.equals("/help"):
        tell(
          """
          /new begins another conversation, /quit ends, Ctrl-C stops a reply; a line that begins with / is sent after a \
          blank
          """)
      case UInt8(ascii: "/") where isInteractive || isWord(line):
        if !isInteractive { hasFailed = true }
        Console.complain("commands: /new, /quit, /help; begin with a blank to send it")
      default:
        send(line)
      }
    }
  }

  /// Whether a line that begins with `/` is a word, as a command is, and not a path or a sentence.
  private func isWord(_ line: [UInt8]) -> Bool {
    line.lastIndex(of: UInt8(ascii: "/")) == 0 && !line.contains(UInt8(ascii: " "))
  }

  /// Says something to a person, apart from replies.
  private func tell(_ text: Text) {
    guard isInteractive else { return }
    Console.print(StyledLine(text, .faint).text(hasColour: Console.hasColour) + [UInt8]("\n"))
  }

  /// Shows the last messages of the conversation that is continued.
  private func showHistory() {
    guard let conversation else { return }
    var path = [UInt8](path: "/v1/conversations/", conversation, "/messages?bot=")
    path.append(encoding: bot)
    var messages: [JSONValue] = []
    switch client.send(.get, path) {
    case .answered(404, _):
      return tell("a new conversation")
    case .answered(200, _):
      let isWhole = client.forEach(in: path) { message in
        messages.append(message)
        return true
      }
      if !isWhole { return }
    case .answered(let status, let body):
      return tell("its messages cannot be shown: \(client.refusal(status, body))")
    case .failed(let reason):
      return Console.complain(reason)
    case .interrupted:
      return
    }
    if messages.count > ChatCommand.shownMessages {
      tell("… \(messages.count - ChatCommand.shownMessages) earlier messages")
    }
    for message in messages.suffix(ChatCommand.shownMessages) {
      let isUser = printable(message["role"]) == [UInt8]("user")
      Console.print([UInt8](isUser ? "> " : "") + contentText(message["content"]) + [UInt8]("\n"))
    }
  }

  private func send(_ line: [UInt8]) {
    guard line.span.firstInvalidUTF8() == nil else {
      hasFailed = true
      return Console.complain("the line is not UTF-8: it was not sent")
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("content", string: line.span.hasPrefix(" /") ? Array(line.dropFirst()) : line)
    writer.member("stream", boolean: true)
    if let conversation { writer.member("conversation_id", string: conversation) }
    writer.endObject()
    let stream = ChatStream(showsThinking: isInteractive && Console.hasColour)
    let ending = client.send(
      .post, [UInt8](path: "/v1/bots/", bot, "/messages"), writer.finish(), to: stream)
    stream.endLine()
    switch ending {
    case .answered(200, _):
      if let answer = stream.answer {
        conversation = answer["conversation_id"]?.string
        if words.has(.verbose) { show(attempts: answer["attempts"]) }
        return
      }
      fail(stream.error.flatMap { client.message(of: $0) } ?? "the reply broke off", stream.error)
    case .answered(let status, let body):
      fail(client.refusal(status, body), try? JSONDocument(body).root)
    case .failed(let reason):
      fail(reason, nil)
    case .interrupted:
      hasFailed = true
      tell("stopped: the message and the reply are not kept")
    }
  }

  private func fail(_ message: Text, _ answer: JSONValue?) {
    hasFailed = true
    Console.complain(message)
    show(attempts: answer?["attempts"])
  }

  private func show(attempts: JSONValue?) {
    for attempt in elements(attempts) {
      Console.complain(("  \(attemptText(attempt))\n" as Text).bytes)
    }
  }
}
