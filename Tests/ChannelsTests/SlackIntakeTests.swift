import Bytes
import Cryptography
import Exchange
import JSON
import Platform
import TestSupport
import Testing

@testable import Channels

/// The messages that Slack's events make, and when Slack gets its answer, on a clock that the test moves.
@Suite struct SlackIntakeTests {
  /// A bot in a workspace. Answers are words: `ok`, `401`, `refused`.
  final class Bot {
    let bench: ChannelBench
    var sink: FakeSink { bench.sink }
    private(set) var answers: [String] = []

    init(_ settings: String = "gather = 0\nallow = *\n") throws {
      bench = try ChannelBench("type = slack\ntoken = xoxb-1\nsecret = s3cr3ts3cr3t\n" + settings)
    }

    func post(_ body: String, age: Int = 0, secret: String = "s3cr3ts3cr3t") {
      let time = "\(Int(WallTime.now.milliseconds / 1000) - age)"
      let code = HMACSHA256.code(of: bytes("v0:\(time):\(body)"), key: bytes(secret))
      var signature = bytes("v0=")
      signature.append(hexadecimal: code)
      post(body, time: time, signature: text(signature))
    }

    func post(_ body: String, time: String?, signature: String?) {
      let request = ChannelRequest(body: bytes(body), id: bytes("req")) { name in
        let value =
          switch text(name.span.copied) {
          case "X-Slack-Request-Timestamp": time
          case "X-Slack-Signature": signature
          default: nil as String?
          }
        return value.map { bytes($0) }
      }
      bench.channel.take(request) { [self] response in
        switch response {
        case .accepted: answers.append("ok")
        case .challenge(let challenge): answers.append(text(challenge))
        case .unsigned: answers.append("401")
        case .refused: answers.append("refused")
        case .message: answers.append("message")
        }
      }
    }

    /// A message of the event API.
    func say(_ said: String, at time: String, _ more: String = #","channel":"D1""#) {
      post(
        """
        {"type":"event_callback","team_id":"T1","event":{"type":"message","user":"U1",\
        "text":"\(said)","ts":"\(time)"\(more)},"authorizations":[{"user_id":"UBOT"}]}
        """)
    }
  }

  @Test func answersOnceTheMessageIsKept() throws {
    let bot = try Bot()
    bot.sink.keepsAtOnce = false
    bot.say("One", at: "1.0")
    #expect(bot.sink.contents == ["One"] && bot.answers.isEmpty)
    bot.sink.keep()
    #expect(bot.answers == ["ok"])
    #expect(text(bot.sink.submissions[0].key!) == "slack home T1 D1 1.0")
  }

  @Test(arguments: [
    (Submitted.known(id: []), "ok"), (.refused(.different), "ok"), (.refused(.full), "refused"),
    (.refused(.unwritable), "refused"), (.refused(.tooLarge(limit: 9)), "refused"),
    (.refused(.limit(.overloaded)), "refused"),
  ])
  func whatTheOutboxSaysDecides(submitted: Submitted, answer: String) throws {
    let bot = try Bot()
    bot.sink.results = [submitted]
    bot.say("One", at: "1.0")
    #expect(bot.answers == [answer])
  }

  @Test(arguments: [
    (0, "s3cr3ts3cr3t", "ok"), (299, "s3cr3ts3cr3t", "ok"),
    (310, "s3cr3ts3cr3t", "401"), (-310, "s3cr3ts3cr3t", "401"), (0, "another one", "401"),
  ])
  func checksSignatures(age: Int, secret: String, answer: String) throws {
    let bot = try Bot()
    bot.post(#"{"type":"event_callback"}"#, age: age, secret: secret)
    #expect(bot.answers == [answer])
  }

  @Test func checksThatThereIsASignature() throws {
    let bot = try Bot()
    let now = "\(WallTime.now.milliseconds / 1000)"
    for (time, signature) in [(nil, nil), (now, nil), (nil, "v0=00"), (now, "v0="), ("x", "v0=00")]
    {
      bot.post("{}", time: time, signature: signature)
    }
    #expect(bot.answers == ["401", "401", "401", "401", "401"])
  }

  @Test func quickMessagesAreOne() throws {
    let bot = try Bot("gather = 1500ms\nallow = *\n")
    bot.say("One", at: "1.0")
    try bot.bench.run(for: .milliseconds(900))
    bot.say("Two", at: "2.0")
    bot.say("other", at: "2.5", #","channel":"D2""#)
    // Slack posts again what is not answered yet.
    bot.say("One", at: "1.0")
    #expect(bot.answers.isEmpty && bot.sink.contents.isEmpty)
    try bot.bench.run(for: .milliseconds(1600))
    #expect(bot.sink.contents == ["One\nTwo", "other"])
    #expect(bot.answers.count == 4)
    #expect(text(bot.sink.submissions[0].key!) == "slack home T1 D1 1.0\nslack home T1 D1 2.0")
  }

  @Test func slackIsAnsweredBeforeItPostsAgain() throws {
    let bot = try Bot("gather = 2s\nallow = *\n")
    for number in 0..<8 {
      bot.say("\(number)", at: "\(number).0")
      try bot.bench.run(for: .milliseconds(500))
    }
    #expect(bot.answers.count >= 4)
  }

  @Test func whatIsKnownIsNotTakenAgain() throws {
    let bot = try Bot()
    bot.sink.known = ["slack home T1 D1 1.0"]
    bot.say("One", at: "1.0")
    #expect(bot.answers == ["ok"] && bot.sink.contents.isEmpty)
  }

  @Test func theEndOfTheProcessRefusesWhatIsNotKept() throws {
    let bot = try Bot("gather = 2s\nallow = *\n")
    bot.say("One", at: "1.0")
    bot.bench.channel.drain()
    bot.say("Two", at: "2.0")
    #expect(bot.answers == ["refused", "refused"] && bot.sink.contents.isEmpty)
  }

  @Test(arguments: [
    ("mention", "hi", #","channel":"C1""#, false),
    ("mention", "<@UBOT> hi", #","channel":"C1""#, true),
    ("all", "hi", #","channel":"C1""#, true), ("never", "<@UBOT> hi", #","channel":"C1""#, false),
    ("never", "hi", #","channel":"D1","channel_type":"im""#, true),
    ("mention", "hi", #","channel":"C1","thread_ts":"1","parent_user_id":"UBOT""#, true),
  ])
  func inChannelsOnlyWhatIsMeant(
    groups: String, said: String, more: String, isAnswered: Bool
  ) throws {
    let bot = try Bot("gather = 0\nallow = *\ngroups = \(groups)\n")
    bot.say(said, at: "1.0", more)
    #expect(bot.sink.submissions.count == (isAnswered ? 1 : 0))
    #expect(bot.bench.channel.currentStatus.ignored == (isAnswered ? 0 : 1))
    #expect(bot.answers == ["ok"])
  }

  @Test(arguments: [("U1", true), ("u1", true), ("D1", true), ("U2", false), ("*", true)])
  func answersWhoIsAllowed(allow: String, isAnswered: Bool) throws {
    let bot = try Bot("gather = 0\nallow = \(allow)\n")
    bot.say("hi", at: "1.0")
    #expect(bot.sink.submissions.count == (isAnswered ? 1 : 0))
    #expect(bot.bench.channel.currentStatus.strangers.count == (isAnswered ? 0 : 1))
    #expect(bot.answers == ["ok"])
  }

  private func file(
    _ type: String, _ url: String = "https://files.slack.com/f/a.png", size: Int = 3
  )
    -> String
  {
    #"{"name":"a.png","mimetype":"\#(type)","url_private":"\#(url)","size":\#(size)}"#
  }

  @Test(arguments: [
    ("image/png", #""image_url":{"url":"data:image/png;base64,YWJj"}"#),
    ("audio/mp4", #""input_audio":{"data":"YWJj","format":"m4a"}"#),
    ("audio/webm", #""input_audio":{"data":"YWJj","format":"webm"}"#),
    ("application/pdf", #""file_data":"data:application/pdf;base64,YWJj""#),
    ("text/plain", "Look\ndocument a.png:\nabc"),
  ])
  func filesArePartsOfTheMessage(type: String, part: String) throws {
    let bot = try Bot()
    bot.say("Look", at: "1.0", #","channel":"D1","subtype":"file_share","files":[\#(file(type))]"#)
    bot.say("And?", at: "2.0")
    #expect(bot.sink.contents.isEmpty, "the second waits for the first")
    bot.bench.service.open[0].answer(200, "abc")
    #expect(bot.sink.contents.count == 2)
    #expect(bot.sink.contents[0].contains(part), "\(bot.sink.contents[0])")
    #expect(bot.answers == ["ok", "ok"])
  }

  /// The token goes to Slack only, whatever an event says.
  @Test(arguments: [
    "https://files.slack.com.example/a", "https://example.com/files.slack.com/",
    "http://files.slack.com/a", "https://files.slack.com@example.com/a", "https://slackfiles.com/a",
    "file:///etc/passwd", "", "https://files.slack.com/a b",
  ])
  func otherHostsAreNotAsked(url: String) throws {
    let bot = try Bot()
    bot.say("Look", at: "1.0", #","channel":"D1","files":[\#(file("image/png", url))]"#)
    #expect(bot.bench.service.calls.isEmpty)
    #expect(bot.sink.contents == ["Look\n[the photo a.png cannot be fetched]"])
  }

  @Test func whatCannotBeFetchedIsNamed() throws {
    let bot = try Bot()
    func say(_ files: String) {
      bot.say("", at: "\(bot.answers.count).0", #","channel":"D1","files":[\#(files)]"#)
    }
    say(file("image/png", size: 99 << 20))
    say(file("video/mp4"))
    say(#"{"id":"F1","file_access":"check_file_info"}"#)
    #expect(bot.bench.service.calls.isEmpty)
    say(file("image/png"))
    // A page for people, because a permission is missing.
    bot.bench.service.open[0].answer(200, "<!DOCTYPE html><html>")
    say(file("image/png"))
    bot.bench.service.open[0].answer(404, "")
    say(file("image/png"))
    for _ in 0..<3 {
      _ = try bot.bench.timeUntilRequest()
      bot.bench.service.open[0].fail(.connectFailed)
    }
    #expect(bot.answers.count == 6)
    #expect(
      bot.sink.contents == [
        "[the photo a.png is too large]", "[the document a.png is a video, which is left out]",
        "[the document cannot be fetched]", "[the photo a.png cannot be fetched]",
        "[the photo a.png cannot be fetched]", "[the photo a.png cannot be fetched]",
      ])
  }
}
