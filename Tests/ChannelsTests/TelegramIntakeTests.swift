import Bytes
import Exchange
import JSON
import Platform
import TestSupport
import Testing

@testable import Channels

/// The messages that Telegram's updates make, and when they are confirmed, on a clock that the test moves.
@Suite struct TelegramIntakeTests {
  /// A bot, whose first poll is answered: it waits for updates.
  final class Bot {
    let bench: ChannelBench
    var sink: FakeSink { bench.sink }
    private var lastMessage = 100

    init(_ settings: String = "gather = 0\n") throws {
      let allow = settings.contains("allow") ? "" : "allow = 7\n"
      bench = try ChannelBench("token = 42:x\n" + allow + settings)
      try answer([])
    }

    /// The poll that waits for its answer.
    func poll() throws -> FakeService.Call {
      _ = try bench.timeUntilRequest()
      return try #require(bench.service.open.first { $0.method == "getUpdates" })
    }

    func answer(_ updates: [String]) throws {
      try poll().answer(200, #"{"ok":true,"result":[\#(updates.joined(separator: ","))]}"#)
      try bench.run(for: .milliseconds(0))
    }

    /// An update with a message.
    func message(
      _ update: Int, _ said: String, from user: Int = 7, chat: Int? = nil, _ more: String = ""
    ) -> String {
      lastMessage += 1
      let chat = chat ?? user
      let type = chat < 0 ? "supergroup" : "private"
      return """
        {"update_id":\(update),"message":{"message_id":\(lastMessage),"date":1,\
        "chat":{"id":\(chat),"type":"\(type)"},"text":"\(said)",\
        "from":{"id":\(user),"is_bot":false,"first_name":"Ann","username":"Ann_L"}\(more)}}
        """
    }

    /// What the bot has said by itself.
    var said: [String] {
      bench.service.calls(of: "sendMessage").map { $0.string("text") ?? "" }
    }
  }

  @Test func asksAgainOnlyAfterTelegramHasAnswered() throws {
    let bot = try Bot()
    for _ in 0..<3 {
      let poll = try bot.poll()
      #expect(poll.integer("timeout") == 50 && poll.integer("offset") == nil)
      // Nothing else is asked while nothing happens.
      try bot.bench.run(for: .seconds(50))
      #expect(bot.bench.service.open.count == 1)
      try bot.answer([])
    }
    #expect(bot.bench.service.calls.count == 5)
  }

  @Test func confirmsAnUpdateOnceItsMessageIsKept() throws {
    let bot = try Bot()
    bot.sink.keepsAtOnce = false
    try bot.answer([bot.message(10, "One"), bot.message(11, "Two")])
    #expect(bot.sink.contents == ["One", "Two"])
    let early = try bot.poll()
    #expect(early.integer("offset") == 10 && early.integer("timeout") == 0)
    // Telegram has them still; they are not taken again.
    try bot.answer([bot.message(10, "One"), bot.message(11, "Two"), bot.message(12, "Three")])
    #expect(bot.sink.contents == ["One", "Two", "Three"])
    bot.sink.keep()
    try bot.answer([])
    let late = try bot.poll()
    #expect(late.integer("offset") == 13 && late.integer("timeout") == 50)
  }

  @Test(arguments: [
    (Submitted.known(id: []), true), (.refused(.different), true),
    (.refused(.tooLarge(limit: 9)), true), (.refused(.full), false),
    (.refused(.unwritable), false), (.refused(.limit(.overloaded)), false),
  ])
  func whatTheOutboxSaysDecides(submitted: Submitted, isConfirmed: Bool) throws {
    let bot = try Bot()
    bot.sink.results = isConfirmed ? [submitted] : [submitted, submitted]
    try bot.answer([bot.message(10, "One")])
    #expect(try bot.poll().integer("offset") == (isConfirmed ? 11 : 10))
    if isConfirmed { return #expect(bot.sink.contents.isEmpty) }
    // It is submitted again when there may be room, before later ones.
    try bot.answer([bot.message(11, "Two")])
    #expect(bot.sink.contents.isEmpty)
    for _ in 0..<6 { try bot.answer([]) }
    #expect(bot.sink.contents == ["One", "Two"])
    #expect(try bot.poll().integer("offset") == 12)
  }

  @Test func whatIsKnownFromBeforeARestartIsNotTakenAgain() throws {
    let bot = try Bot()
    bot.sink.known = ["telegram 42 12"]
    // 11 was gathered with 12; 10 is of another person; 13 came later.
    try bot.answer([
      bot.message(10, "other", from: 7, chat: -5, #","is_x":1"#), bot.message(11, "One"),
      bot.message(12, "Two"), bot.message(13, "Three"),
    ])
    #expect(bot.sink.contents == ["Three"])
  }

  @Test func quickMessagesAreOne() throws {
    let bot = try Bot("gather = 1500ms\nallow = *\n")
    try bot.answer([bot.message(10, "One")])
    try bot.bench.run(for: .milliseconds(1000))
    try bot.answer([bot.message(11, "Two"), bot.message(12, "other", from: 8)])
    try bot.bench.run(for: .milliseconds(1400))
    #expect(bot.sink.contents.isEmpty)
    try bot.answer([])
    try bot.bench.run(for: .milliseconds(200))
    try bot.answer([])
    #expect(bot.sink.contents == ["One\nTwo", "other"])
    #expect(text(bot.sink.submissions[0].key!) == "telegram 42 11")
    #expect(try bot.poll().integer("offset") == 13)
  }

  @Test func gatheringEndsWhateverComes() throws {
    let bot = try Bot("gather = 2s\n")
    for update in 0..<40 {
      try bot.answer([bot.message(10 + update, "\(update)")])
      try bot.bench.run(for: .milliseconds(900))
    }
    #expect(bot.sink.contents.count >= 2)
    #expect(bot.sink.contents[0].split(separator: "\n").count < 20)
  }

  @Test(arguments: [
    ("/start", [], ["Hello! I am "]), ("/START@any", [], ["Hello! I am "]),
    ("/new", [], ["A new conversation begins."]), ("/new x y", ["x y"], []),
    ("/new\\nx", ["x"], []), ("/help", ["/help"], []), ("/newer", ["/newer"], []),
    ("new", ["new"], []),
  ])
  func obeysCommands(said: String, submitted: [String], answers: [String]) throws {
    let bot = try Bot()
    try bot.answer([bot.message(10, said)])
    #expect(bot.sink.contents == submitted)
    #expect(bot.said.count == answers.count)
    for (said, answer) in zip(bot.said, answers) { #expect(said.hasPrefix(answer)) }
    try bot.answer([bot.message(11, "after")])
    let isNew = said.hasPrefix("/new") && !said.hasPrefix("/newer")
    #expect(bot.sink.conversations.last == (isNew ? "telegram-home-7-n101" : "telegram-home-7"))
  }

  /// The outbox says which conversation is current, also if no message of it was answered yet.
  @Test func newConversationSurvivesARestart() throws {
    let first = try Bot()
    try first.answer([first.message(10, "One"), first.message(11, "/new Two")])
    #expect(first.sink.conversations == ["telegram-home-7", "telegram-home-7-n102"])
    let second = try Bot()
    for submission in first.sink.submissions { _ = second.sink.submit(submission, from: nil) }
    try second.answer([second.message(12, "Three")])
    #expect(second.sink.conversations.last == "telegram-home-7-n102")
  }

  @Test(arguments: [
    #"{"update_id":10,"edited_message":{"message_id":1,"text":"x"}}"#,
    #"{"update_id":10,"poll":{"id":"1"}}"#, #"{"update_id":10,"message":7}"#,
    #"{"update_id":10,"message":{"message_id":1,"chat":{"id":7,"type":"private"}}}"#,
  ])
  func othersAreCountedAndConfirmed(update: String) throws {
    let bot = try Bot()
    try bot.answer([update])
    #expect(bot.bench.channel.currentStatus.ignored == 1)
    #expect(bot.sink.contents.isEmpty)
    #expect(try bot.poll().integer("offset") == 11)
  }

  @Test(arguments: [
    ("7", true), ("77", false), ("@ann_l", true), ("@ANN_L, 9", true), ("@ann", false),
    ("ann_l", false), ("*", true), ("-5", false),
  ])
  func answersWhoIsAllowed(allow: String, isAnswered: Bool) throws {
    let bot = try Bot("gather = 0\nallow = \(allow)\n")
    try bot.answer([bot.message(10, "One"), bot.message(11, "/start")])
    #expect(bot.sink.contents.count == (isAnswered ? 1 : 0))
    #expect(bot.said.count == (isAnswered ? 1 : 0))
    let strangers = bot.bench.channel.currentStatus.strangers
    #expect(strangers.map(\.messages) == (isAnswered ? [] : [2]))
    #expect(strangers.allSatisfy { $0.id == bytes("7") && $0.username == bytes("Ann_L") })
    #expect(try bot.poll().integer("offset") == 12)
  }

  @Test(arguments: [
    ("mention", "hi", "", false), ("mention", "@TEST_bot hi", "", true),
    ("mention", "hi @test_bots", "", false),
    ("mention", "hi", #","reply_to_message":{"message_id":1,"from":{"id":42}}"#, true),
    ("mention", "/start@other", "", false), ("all", "hi", "", true),
    ("never", "@test_bot", "", false),
  ])
  func inGroupsOnlyWhatIsMeant(
    groups: String, said: String, more: String, isAnswered: Bool
  ) throws {
    let bot = try Bot("gather = 0\nallow = -5\ngroups = \(groups)\n")
    try bot.answer([bot.message(10, said, chat: -5, more)])
    for call in bot.bench.service.open where call.method == "getMe" {
      call.answer(200, #"{"ok":true,"result":{"id":42,"username":"test_bot"}}"#)
    }
    #expect(bot.sink.contents == (isAnswered ? [said] : []))
    // The reply shows what it answers.
    #expect(bot.sink.submissions.allSatisfy { $0.note == bytes("101") })
    try bot.answer([])
    #expect(try bot.poll().integer("offset") == 11)
  }

  @Test func filesComeInOrder() throws {
    let bot = try Bot()
    let photo = #","photo":[{"file_id":"p","file_size":3}]"#
    try bot.answer([bot.message(10, "Look", photo), bot.message(11, "And?")])
    #expect(bot.sink.contents.isEmpty, "the second waits for the first")
    let find = try #require(bot.bench.service.calls(of: "getFile").first)
    find.answer(200, #"{"ok":true,"result":{"file_path":"photos/p.jpg"}}"#)
    let fetch = try #require(bot.bench.service.calls.last)
    #expect(fetch.url.hasSuffix("/file/bot42:x/photos/p.jpg"))
    fetch.answer(200, "abc")
    #expect(bot.sink.contents.count == 2)
    #expect(bot.sink.contents[0].contains("data:image/jpeg;base64,YWJj"))
    #expect(bot.sink.contents[1] == "And?")
  }
}
