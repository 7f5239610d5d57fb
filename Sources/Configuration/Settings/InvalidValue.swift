import Bytes

/// Why a value is not what its setting takes: a message without the setting's name in front.
struct InvalidValue: Error {
  let message: Text

  init(_ message: Text) {
    self.message = message
  }

  /// A secret that was copied from what `check --print` shows.
  static var mask: InvalidValue {
    InvalidValue("**** is how a secret is printed; write the secret itself")
  }
}
