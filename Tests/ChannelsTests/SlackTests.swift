import Bytes
import JSON
import Testing

@testable import Channels

@Suite struct SlackTests {
  private func message(_ event: String) throws -> SlackMessage? {
    let body = """
      {"type":"event_callback","team_id":"T1","event_id":"Ev1","event":{\(event)},\
      "authorizations":[{"user_id":"UBOT","is_bot":true}]}
      """
    guard case .message(let message) = SlackEvent(try JSONDocument(Array(body.utf8)).root) else {
      return nil
    }
    return message
  }

  @Test func readsDirectMessages() throws {
    let message = try #require(
      try message(
        #""type":"message","channel":"D1","channel_type":"im","user":"U1","text":"Hi","ts":"17.5""#)
    )
    #expect(message.place == SlackPlace(channel: Array("D1".utf8), thread: nil))
    #expect(!message.isGroup && message.text == Array("Hi".utf8))
  }

  @Test func putsChannelsIntoThreads() throws {
    let first = try #require(
      try message(
        #""type":"app_mention","channel":"C1","user":"U1","text":"<@UBOT> hi","ts":"17.5""#))
    #expect(first.isForBot && first.isGroup && first.place.address == Array("C1 17.5".utf8))
    let second = try #require(
      try message(
        #""type":"message","channel":"C1","channel_type":"channel","user":"U2","text":"so?","ts":"18.5","thread_ts":"17.5""#
      ))
    #expect(!second.isForBot && second.place == first.place)
    #expect(SlackPlace(address: second.place.address) == second.place)
    let answer = try #require(
      try message(
        #""type":"message","channel":"C1","channel_type":"channel","user":"U2","text":"so?","ts":"18.5","thread_ts":"17.5","parent_user_id":"UBOT""#
      ))
    #expect(answer.isForBot)
  }

  @Test(arguments: [
    #""type":"message","subtype":"message_changed","channel":"C1","user":"U1","text":"x","ts":"1""#,
    #""type":"message","bot_id":"B1","channel":"C1","user":"U1","text":"x","ts":"1""#,
    #""type":"message","channel":"C1","user":"UBOT","text":"x","ts":"1""#,
    #""type":"message","channel":"C1","user":"U1","text":"x","ts":"1","edited":{"user":"U1"}"#,
    #""type":"reaction_added","channel":"C1","user":"U1","text":"x","ts":"1""#,
    #""type":"message","channel":"C1","user":"U1","text":"","ts":"1""#,
    #""type":"message","channel":7,"user":"U1","text":"x","ts":"1""#,
    #""type":"message","channel":"C 1","user":"U1","text":"x","ts":"1""#, #""type":"message""#,
  ])
  func passesOthersOver(event: String) throws {
    #expect(try message(event) == nil)
  }

  @Test(arguments: [
    ("a &amp; b &lt;c&gt;", "a & b <c>"),
    ("<https://a.example|page> x", "page (https://a.example) x"),
    ("<https://a.example?a=1&amp;b=2>", "https://a.example?a=1&b=2"), ("<@U1> hi", "@U1 hi"),
    ("<#C1|general>", "#general"), ("<!here> a", "!here a"), ("a <b", "a <b"), ("<>", ""),
  ])
  func readsText(text: String, plain: String) {
    #expect(SlackText.plain(Array(text.utf8).span) == Array(plain.utf8))
  }

  /// The example of Slack's documentation.
  @Test func checksSignatures() {
    let body = """
      token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&\
      channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&\
      response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&\
      trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c
      """
    let signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    func isValid(_ signature: String, _ time: String, _ body: String) -> Bool {
      SlackSignature.isValid(
        Array(signature.utf8).span, timestamp: Array(time.utf8).span, body: Array(body.utf8).span,
        secret: Array("8f742231b10e8888abcd99yyyzzz85a5".utf8))
    }
    #expect(isValid(signature, "1531420618", body))
    #expect(!isValid(signature, "1531420619", body))
    #expect(!isValid(signature, "1531420618", body + "x"))
    #expect(!isValid("", "1531420618", body) && !isValid("v0=", "1531420618", body))
  }
}
