import Bytes
import JSON

extension BackendError {
  /// One way in which a backend reports an error that matters.
  struct Rule: Sendable {
    let kind: Kind
    let place: Place
    let text: StaticString

    enum Place: Sendable {
      /// `code` is this.
      case code
      /// `type` is this.
      case type
      /// `innererror.code` is this.
      case innerCode
      /// The message contains this, in any case of letters.
      case message
      /// `code` or `type` is this, or the message contains it: a name that is not a word of any language.
      case anywhere
    }

    func applies(to error: JSONValue, _ message: [UInt8]) -> Bool {
      switch place {
      case .code: error["code"]?.equals(text) == true
      case .type: error["type"]?.equals(text) == true
      case .innerCode: error["innererror"]?["code"]?.equals(text) == true
      case .message: message.span.containsIgnoringCase(text)
      case .anywhere:
        error["code"]?.equals(text) == true || error["type"]?.equals(text) == true
          || message.span.containsIgnoringCase(text)
      }
    }
  }
}
