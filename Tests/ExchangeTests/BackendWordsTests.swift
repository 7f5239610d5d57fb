import Configuration
import Testing
import TestSupport

@testable import Exchange

/// What the log has of a backend's words.
@Suite struct BackendWordsTests {
  private func words(
    _ reason: String, about content: String = "Tell me of the blue whale, please."
  ) throws -> String? {
    let settings = try configuration(
      """
      [integration gpt]
      webhook_url = http://127.0.0.1/
      header.Authorization = Bearer sk-secret-of-mine
      """
    ).integrations[0]
    let body = """
      {"model":"gpt-4o-mini-2024-07-18","messages":[{"role":"system","content":"You are an old sailor."},\
      {"role":"user","content":[{"type":"text","text":"\(content)"}]}],"user":{"name":"Ishmael"},"stop":["Land ho"],\
      "tools":[{"type":"function","function":{"name":"find","description":"Finds harpoons of iron"}}]}
      """
    return BackendWords.forLog(bytes(reason), of: settings, request: bytes(body)).map { text($0) }
  }

  @Test(
    arguments: [
      ("The model `gpt-4o-mini-2024-07-18` does not exist", nil),
      ("wrong type of role for the user", nil),
      ("Incorrect key sk-secret-of-mine given", "Incorrect key **** given"),
      ("'Tell me of the blue whale, please.' is refused", "'…' is refused"),
      ("refused: …me of the blue whale", "refused: ……"),
      ("You are an old sailor., Ishmael", "…, …"),
      ("the blue whal", "…"),
      ("TELL me  of\tthe", "…"),
      ("the blu", nil),
      ("two\nlines\u{7F}and \u{9B}31mred", "two lines and  31mred"),
      ("caf\u{E9}", nil),
    ] as [(String, String?)])
  func hidesWhatTheMessageSays(reason: String, written: String?) throws {
    #expect(try words(reason) == written ?? reason)
  }

  /// Quotations are found with other capitals and blanks, and short ones in quotes.
  @Test(
    arguments: [
      ("secret PIN", "…"),
      ("MY SECRET\n pin is refused", "…refused"),
      ("the value '4711' is invalid", "the value '…' is invalid"),
      ("can't take \"zebra\"", "can't take \"…\""),
      (#"{\"value\": \"Zebra\"}"#, #"{\"value\": \"…\"}"#),
      ("the value `4712` of 'temperature'", nil),
    ] as [(String, String?)])
  func findsShortAndChangedQuotations(reason: String, written: String?) throws {
    #expect(try words(reason, about: "My secret PIN is 4711, Zebra") == written ?? reason)
  }

  /// Not only messages: whatever the client sends.
  @Test(
    arguments: [
      ("stop: LAND HO!", "stop: …!"),
      ("'find' is not defined", "'…' is not defined"),
      ("no harpoons of wood", "no…wood"),
      ("a function is needed", nil),
    ] as [(String, String?)])
  func findsOtherMembers(reason: String, written: String?) throws {
    #expect(try words(reason) == written ?? reason)
  }

  /// Wherever a quotation of 8 bytes begins and ends.
  @Test func findsEveryQuotation() throws {
    let message = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for start in 0...(message.count - 8) {
      let quoted = String(message.dropFirst(start).prefix(8))
      #expect(try words("!\(quoted)!", about: message) == "!…!")
    }
  }

  /// A request that is quoted as it came has escapes that the text has not.
  @Test func findsEscapedQuotations() throws {
    let content = #"the \"heron\" says\nnothing"#
    #expect(try words("At: \(content)", about: content) == "At: …")
    #expect(try words("At: the \"heron\" says\nnothing", about: content) == "At: …")
  }

  @Test func isShort() throws {
    let long = try #require(try words(String(repeating: "x", count: 100_000)))
    #expect(long.utf8.count == 400)
  }

  /// A request that is too long to be compared is not quoted at all.
  @Test func saysNothingAboutAVeryLongRequest() throws {
    #expect(try words("no", about: String(repeating: "y", count: 600_000)) == nil)
  }
}
