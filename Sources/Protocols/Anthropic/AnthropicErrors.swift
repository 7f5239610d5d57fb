/// How Anthropic reports errors that matter. The type is `invalid_request_error` for all of them.
extension BackendError.Rule {
  static let anthropic: [BackendError.Rule] = [
    .init(
      kind: .contextTooLong, place: .message,
      text: """
        prompt is too long
        exceed context limit
        """),
    .init(kind: .contentFiltered, place: .message, text: "blocked by content filtering policy"),
    .init(
      kind: .quotaExhausted, place: .message,
      text: """
        credit balance is too low
        your specified API usage limits
        """),
  ]
}
