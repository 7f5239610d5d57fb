/// Where a section, or the value of a setting, comes from.
enum SettingOrigin: Equatable {
  /// This line of the file, from 1.
  case line(Int)
  /// Implied by something else in the file: a name is its section's, a window that of `[context]`, and a bot
  /// without integrations has `echo`.
  case implied
  /// The default in the table of settings.
  case standard

  /// The line in the file; `nil` if it is not from the file.
  var line: Int? {
    if case .line(let line) = self { line } else { nil }
  }
}
