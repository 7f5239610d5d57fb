import Bytes

/// Why a value is invalid for its setting: a message without the setting's name.
struct InvalidValue: Error {
  let message: Text
  /// Whether quotes, escapes or `${…}` are at fault, so that the value itself is unknown.
  var isUnknown = false
  /// Whether a `${…}` has no value here, although it may have one where the gateway runs.
  var isUnresolved = false
  /// Whether it is not one of the words of its setting; another version may know it.
  var isUnknownWord = false
  /// The words of a list that are known, where another is not; `nil` for a setting that is not a list.
  var knownWords: [UInt8]?

  init(_ message: Text) {
    self.message = message
  }

  init(_ error: ExpansionError) {
    message = error.message
    isUnknown = true
    switch error {
    case .unsetVariable, .unreadable: isUnresolved = true
    default: break
    }
  }

  /// A masked secret that was copied from `check --print`.
  static var mask: InvalidValue {
    InvalidValue("**** is how a secret is printed; write the secret itself")
  }
}
