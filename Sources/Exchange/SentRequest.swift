/// What of the conversation went into a request, and how large its body is.
struct SentRequest {
  var history = WrittenHistory()
  /// The size of the body.
  var bytes = 0
}
