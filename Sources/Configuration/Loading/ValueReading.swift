import Bytes

/// Reads the text of a key line as the setting's value.
extension ConfigurationReader {
  /// Reads a value; warnings are reported, errors thrown.
  mutating func read(
    _ text: Span<UInt8>, of setting: Setting, key: Span<UInt8>, at line: Int
  ) throws(InvalidValue) -> (value: SettingValue, isDerived: Bool) {
    let quoting = WrittenValue.Quoting(of: text)
    if case .json = setting.type, quoting == .whole {
      return try readQuotedJSON(text, of: setting, key: key, at: line)
    }
    let written = try expand(text, isQuoted: quoting == .whole)
    return (try setting.type.read(written), written.isDerived)
  }

  /// Reads a JSON value in double quotes, which may belong to the file or to a JSON string.
  ///
  /// As in any setting, `"0.2"` is a number and `"\"high\""` a string. `"high"`, whose contents are not JSON,
  /// is that string too.
  private mutating func readQuotedJSON(
    _ text: Span<UInt8>, of setting: Setting, key: Span<UInt8>, at line: Int
  ) throws(InvalidValue) -> (value: SettingValue, isDerived: Bool) {
    do throws(InvalidValue) {
      let written = try expand(text, isQuoted: true)
      let value = try setting.type.read(written)
      switch written.bytes.first {
      case UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "["): break
      default:
        list.warn(
          line,
          #"""
          \#(quoting: key): the double quotes are not part of the JSON; leave them out, or write \#
          "\"…\"" for a string
          """#)
      }
      return (value, written.isDerived)
    } catch {
      let written = try expand(text, isQuoted: false)
      return (try setting.type.read(written), written.isDerived)
    }
  }

  private func expand(_ text: Span<UInt8>, isQuoted: Bool) throws(InvalidValue) -> WrittenValue {
    do throws(ExpansionError) {
      return try expander.expand(text, isQuoted: isQuoted)
    } catch {
      throw InvalidValue(error)
    }
  }
}
