import Bytes
import Configuration

/// Comparing texts of the original: there are many of these comparisons, and each is one call.
extension [UInt8] {
  /// Whether it is this text.
  @inline(never)
  func isText(_ text: StaticString) -> Bool { span.equals(text) }

  /// Whether it begins with this text.
  @inline(never)
  func begins(with text: StaticString) -> Bool { span.hasPrefix(text) }

  /// What a table of lines `word word …=value` has for it.
  @inline(never)
  func found(in table: StaticString) -> [UInt8]? { table.value(of: span) }

  /// Whether it ends with this text.
  @inline(never)
  func ends(with text: StaticString) -> Bool {
    span.extracting(last: text.utf8CodeUnitCount).equals(text)
  }
}
