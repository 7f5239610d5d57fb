import Bytes

/// The permissions of a file that Postern makes, as chmod(1) writes them: `0660`.
public struct FileMode: Equatable, Sendable {
  /// The permission bits, 0 to 0o777; chmod(2).
  public let bits: UInt32

  /// No permission for any user.
  init() {
    bits = 0
  }

  /// Reads three octal digits, with or without a zero before them.
  init(_ value: WrittenValue) throws(InvalidValue) {
    let text = value.bytes.span
    var bits: UInt32 = 0
    for index in text.indices {
      guard UInt8(ascii: "0")...UInt8(ascii: "7") ~= text[index] else { throw Self.fault(value) }
      bits = bits << 3 | UInt32(text[index] - UInt8(ascii: "0"))
      guard bits <= 0o777 else { throw Self.fault(value) }
    }
    guard 3...4 ~= text.count else { throw Self.fault(value) }
    self.bits = bits
  }

  private static func fault(_ value: WrittenValue) -> InvalidValue {
    InvalidValue("\(value.quoted) is not a file mode; write three octal digits such as 0660")
  }
}
