import JSON

/// All that a face must say: how a client's request is read, and how it is answered.
protocol FaceRules: AnyObject, Sendable {
  // MARK: Requests

  /// The user's identifier in a request, if it has one.
  func user(of request: JSONValue) -> JSONValue?

  /// Whether a request asks for an event with the usage at the end of a stream. Only OpenAI's can.
  func asksForUsage(_ request: JSONValue) -> Bool

  /// Whether the system messages are a field, and not among the messages.
  var hasSystemField: Bool { get }

  /// Whether a user's message holds results of tools, and so belongs to the reply before it.
  func holdsToolResults(_ content: JSONValue) -> Bool

  /// The content of a user's message as the context keeps it: in OpenAI's words.
  func keptContent(_ content: JSONValue) throws(TranslationFault) -> JSONValue

  // MARK: Answers

  /// What writes one answer.
  func writer(_ terms: AnswerTerms) -> any AnswerWriter

  /// The body of an error response without attempts.
  func body(of error: FaceError) -> [UInt8]
}
