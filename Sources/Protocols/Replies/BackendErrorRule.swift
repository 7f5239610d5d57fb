import Bytes
import JSON

extension BackendError {
  /// One way in which a backend reports an error that matters.
  struct Rule: Sendable {
    let kind: Kind
    let place: Place
    let text: StaticString

    enum Place: Sendable {
      /// `code` is this, a string or a number.
      case code
      /// `type` is this.
      case type
      /// `innererror.code` is this.
      case innerCode
      /// `metadata` has a member of this name.
      case metadata
      /// `status` is this.
      case status
      /// The message contains this, in any case of letters.
      case message
      /// `code` or `type` is this, or the message contains it: a name that is not a word of any language.
      case anywhere
    }

    func applies(to error: JSONValue, _ message: [UInt8]) -> Bool {
      switch place {
      case .code: isCode(of: error)
      case .type: error["type"]?.equals(text) == true
      case .innerCode: error["innererror"]?["code"]?.equals(text) == true
      case .metadata: error["metadata"]?[text].present != nil
      case .status: error["status"]?.equals(text) == true
      case .message: message.span.containsIgnoringCase(text)
      case .anywhere:
        isCode(of: error) || error["type"]?.equals(text) == true
          || message.span.containsIgnoringCase(text)
      }
    }

    private func isCode(of error: JSONValue) -> Bool {
      guard let code = error["code"] else { return false }
      return code.equals(text) || code.kind == .number && code.span.equals(text)
    }
  }
}
