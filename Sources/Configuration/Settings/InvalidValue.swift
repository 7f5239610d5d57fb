import Bytes

/// Why a value is invalid for its setting: a message without the setting's name.
struct InvalidValue: Error {
  let message: Text

  init(_ message: Text) {
    self.message = message
  }

  /// A masked secret that was copied from `check --print`.
  static var mask: InvalidValue {
    InvalidValue("**** is how a secret is printed; write the secret itself")
  }
}
