import Bytes
import JSON

extension BackendError {
  /// Ways in which backends report an error that matters.
  struct Rule: Sendable {
    let kind: Kind
    let place: Place
    /// What stands there, or one of several, each in a line of its own: one text needs less than a rule for each.
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
      case .code: has(Self.word(error["code"]))
      case .type: has(Self.word(error["type"]))
      case .innerCode: has(Self.word(error["innererror"]?["code"]))
      case .metadata: error["metadata"]?[text].present != nil
      case .status: has(Self.word(error["status"]))
      case .message: occurs(in: message)
      case .anywhere:
        has(Self.word(error["code"])) || has(Self.word(error["type"])) || occurs(in: message)
      }
    }

    /// The text of a string, or a number as it is written.
    private static func word(_ value: JSONValue?) -> [UInt8] {
      value?.string ?? (value?.kind == .number ? value?.span.copied : nil) ?? []
    }

    private func has(_ word: [UInt8]) -> Bool {
      !word.isEmpty && anyLine { $0.equals(word.span) }
    }

    private func occurs(in message: [UInt8]) -> Bool {
      anyLine { message.span.containsIgnoringCase($0) }
    }

    @inline(never)
    private func anyLine(_ isMet: (Span<UInt8>) -> Bool) -> Bool {
      let lines = text.span
      var start = 0
      while start < lines.count {
        let end = lines.firstIndex(of: 0x0A, from: start) ?? lines.count
        if isMet(lines.extracting(start..<end)) { return true }
        start = end + 1
      }
      return false
    }
  }
}
